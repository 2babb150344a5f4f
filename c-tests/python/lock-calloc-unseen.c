/*
 * about:    the hooks take the lock for a calloc by who does not hold it
 * breaks:   debug-hooks.lock.calloc
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static void *with_lock(void *ctx, size_t count, size_t size)
{
    PyGILState_STATE state = PyGILState_Check() ? PyGILState_LOCKED : PyGILState_Ensure();
    void *result = pass_calloc(ctx, count, size);
    if (state == PyGILState_UNLOCKED)
        PyGILState_Release(state);
    return result;
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    if (domain != PYMEM_DOMAIN_RAW)
        over->calloc = with_lock;
}
