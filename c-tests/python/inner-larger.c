/*
 * about:    the hooks ask for eight bytes more than their frame
 * breaks:   debug-hooks.inner.size
 * replaces: PyMem_SetupDebugHooks
 */
#include "below.h"

static void *larger_malloc(void *ctx, size_t size)
{
    return pass_malloc(ctx, size + 8);
}

static void *larger_calloc(void *ctx, size_t count, size_t size)
{
    return pass_calloc(ctx, count, size + 8);
}

static void change(PyMemAllocatorEx *below)
{
    below->malloc = larger_malloc;
    below->calloc = larger_calloc;
}
