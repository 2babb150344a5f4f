/*
 * about:    NULL is freed below
 * breaks:   debug-hooks.inner.null
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

/* What the hooks have in their ctx. */
struct context {
    char letter;
    PyMemAllocatorEx below;
};

static void free_below(void *ctx, void *block)
{
    PyMemAllocatorEx *hooks = ctx, *below = &((struct context *)hooks->ctx)->below;
    pass_free(ctx, block);
    if (block == NULL)
        below->free(below->ctx, NULL);
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    over->free = free_below;
}
