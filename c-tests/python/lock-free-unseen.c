/*
 * about:    the hooks take the lock for a free by who does not hold it
 * breaks:   debug-hooks.lock.free
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static void with_lock(void *ctx, void *block)
{
    PyGILState_STATE state = PyGILState_Check() ? PyGILState_LOCKED : PyGILState_Ensure();
    pass_free(ctx, block);
    if (state == PyGILState_UNLOCKED)
        PyGILState_Release(state);
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    if (domain != PYMEM_DOMAIN_RAW)
        over->free = with_lock;
}
