/*
 * about:    the hooks ask the allocator below twice for a block of some size
 * breaks:   debug-hooks.inner.one-call
 * replaces: PyMem_SetupDebugHooks
 */
#include "below.h"

static void *ask_twice(void *ctx, size_t size)
{
    if (size > 65536 && size < 100000)
        pass_free(ctx, pass_malloc(ctx, size));
    return pass_malloc(ctx, size);
}

static void change(PyMemAllocatorEx *below)
{
    below->malloc = ask_twice;
}
