/*
 * about:    setting the hooks up again puts others in their place
 * breaks:   debug-hooks.setup.again
 * replaces: PyMem_SetupDebugHooks
 */
#include "python.h"

void PyMem_SetupDebugHooks_before(void);

void PyMem_SetupDebugHooks(void)
{
    /* A letter, and the allocator below. */
    static char contexts[2][3][8 + sizeof(PyMemAllocatorEx)];
    static int calls;
    PyMem_SetupDebugHooks_before();
    calls++;
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx hooks;
        PyMem_GetAllocator(domain, &hooks);
        hooks.ctx = memcpy(contexts[calls % 2][domain], hooks.ctx, sizeof contexts[0][0]);
        PyMem_SetAllocator(domain, &hooks);
    }
}
