/* What stands in the domains where nobody has chosen. */
#include "serving.h"

static void server(void)
{
    start(NULL);
    EXPECT(server_of(PYMEM_DOMAIN_RAW) == LIBC);
    EXPECT(server_of(PYMEM_DOMAIN_MEM) == DEFAULT_SERVER);
    EXPECT(server_of(PYMEM_DOMAIN_OBJ) == DEFAULT_SERVER);
}

static void hooks(void)
{
    EXPECT(has_hooks(PYMEM_DOMAIN_RAW) == DEFAULT_HOOKS);
    start(NULL);
    for (int domain = 0; domain < DOMAINS; domain++)
        EXPECT(has_hooks(domain) == DEFAULT_HOOKS);
}

static void ctx(void)
{
    for (int domain = 0; domain < DOMAINS; domain++) {
        PyMemAllocatorEx allocator;
        PyMem_GetAllocator(domain, &allocator);
        EXPECT(!allocator.ctx);
    }
}

static void no_pymalloc(void)
{
    PyMemAllocatorEx raw, other;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    for (int domain = 0; domain < DOMAINS; domain++) {
        PyMem_GetAllocator(domain, &other);
        EXPECT(raw.malloc == other.malloc && raw.calloc == other.calloc);
        EXPECT(raw.realloc == other.realloc && raw.free == other.free);
    }
}

const struct question defaults_questions[] = {
    {"defaults.server", server},
    {"defaults.hooks", hooks},
#ifdef IS_RELEASE
    {"defaults.ctx", ctx},
#endif
#if defined(IS_RELEASE) && !defined(WITH_PYMALLOC)
    {"defaults.no-pymalloc", no_pymalloc},
#endif
    {NULL, NULL},
};
