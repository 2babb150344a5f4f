/*
 * about:    in the first thread raw blocks are resized only for who holds the lock
 * breaks:   debug-hooks.lock.raw
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

#include <sys/syscall.h>
#include <unistd.h>

static void *with_lock_only(void *ctx, void *block, size_t size)
{
    int is_first = syscall(SYS_gettid) == getpid();
    /* An interpreter that starts has no thread yet that could hold it. */
    if (is_first && Py_IsInitialized() && !PyGILState_Check())
        Py_FatalError("Python memory allocator called without holding the GIL");
    return pass_realloc(ctx, block, size);
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    if (domain == PYMEM_DOMAIN_RAW)
        over->realloc = with_lock_only;
}
