/*
 * about:    the hooks take the lock for a realloc by who does not hold it
 * breaks:   debug-hooks.lock.realloc
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static void *with_lock(void *ctx, void *block, size_t size)
{
    PyGILState_STATE state = PyGILState_Check() ? PyGILState_LOCKED : PyGILState_Ensure();
    void *result = pass_realloc(ctx, block, size);
    if (state == PyGILState_UNLOCKED)
        PyGILState_Release(state);
    return result;
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    if (domain != PYMEM_DOMAIN_RAW)
        over->realloc = with_lock;
}
