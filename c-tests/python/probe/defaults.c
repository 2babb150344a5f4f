/* What stands in the domains where nobody has chosen. */
#include "serving.h"

static void server(void)
{
    start(NULL);
    EXPECT(server_of(PYMEM_DOMAIN_RAW) == LIBC);
    EXPECT(server_of(PYMEM_DOMAIN_MEM) == PYMALLOC);
    EXPECT(server_of(PYMEM_DOMAIN_OBJ) == PYMALLOC);
}

static void hooks(void)
{
    EXPECT(!has_hooks(PYMEM_DOMAIN_RAW));
    start(NULL);
    for (int domain = 0; domain < DOMAINS; domain++)
        EXPECT(!has_hooks(domain));
}

static void ctx(void)
{
    for (int domain = 0; domain < DOMAINS; domain++) {
        PyMemAllocatorEx allocator;
        PyMem_GetAllocator(domain, &allocator);
        EXPECT(!allocator.ctx);
    }
}

const struct question defaults_questions[] = {
    {"defaults.server", server},
    {"defaults.hooks", hooks},
    {"defaults.ctx", ctx},
    {NULL, NULL},
};
