/*
 * about:    the hooks take the lock for a malloc by who does not hold it
 * breaks:   debug-hooks.lock.malloc
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static void *with_lock(void *ctx, size_t size)
{
    PyGILState_STATE state = PyGILState_Check() ? PyGILState_LOCKED : PyGILState_Ensure();
    void *result = pass_malloc(ctx, size);
    if (state == PyGILState_UNLOCKED)
        PyGILState_Release(state);
    return result;
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    if (domain != PYMEM_DOMAIN_RAW)
        over->malloc = with_lock;
}
