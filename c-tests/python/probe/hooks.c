/* What the debug hooks ask for below them, whom they let in, and what they find. */
#include "probe.h"

static void start_removes(void)
{
    PyMemAllocatorEx before, after;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &before);
    PyMem_SetupDebugHooks();
    start("malloc");
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &after);
    EXPECT(before.malloc == after.malloc && before.ctx == after.ctx);
}

const struct question hooks_questions[] = {
    {"debug-hooks.setup.start-removes", start_removes},
    {NULL, NULL},
};
