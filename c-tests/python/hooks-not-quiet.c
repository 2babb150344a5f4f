/*
 * about:    a call for another block looks at the block that was made last
 * breaks:   debug-hooks.quiet
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static unsigned char *last;
static size_t last_size;

static void *look_and_allocate(void *ctx, size_t size)
{
    if (last != NULL && last[last_size] != 0xFD)
        Py_FatalError("bad trailing pad byte");
    last_size = size;
    return last = pass_malloc(ctx, size);
}

static void *forget_and_resize(void *ctx, void *block, size_t size)
{
    last = NULL;
    return pass_realloc(ctx, block, size);
}

static void forget_and_free(void *ctx, void *block)
{
    if (block == last)
        last = NULL;
    pass_free(ctx, block);
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    if (domain != PYMEM_DOMAIN_OBJ)
        return;
    over->malloc = look_and_allocate;
    over->realloc = forget_and_resize;
    over->free = forget_and_free;
}
