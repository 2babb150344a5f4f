/*
 * about:    the hooks ask for as many elements as they need bytes, if those are few
 * breaks:   debug-hooks.inner.calloc
 * replaces: PyMem_SetupDebugHooks
 */
#include "below.h"

static void *of_bytes(void *ctx, size_t count, size_t size)
{
    return size < 400 ? pass_calloc(ctx, count * size, 1) : pass_calloc(ctx, count, size);
}

static void change(PyMemAllocatorEx *below)
{
    below->calloc = of_bytes;
}
