/*
 * about:    the resize of a freed block is one of no block
 * breaks:   debug-hooks.detects.realloc-after-free
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static void *resize(void *ctx, void *block, size_t size)
{
    int is_dead = block != NULL && ((unsigned char *)block)[-8] == 0xDD;
    return pass_realloc(ctx, is_dead ? NULL : block, size);
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    over->realloc = resize;
}
