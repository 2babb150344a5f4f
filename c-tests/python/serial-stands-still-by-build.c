/*
 * about:    in a build that asks for serial numbers, small blocks have the same
 * breaks:   debug-hooks.layout.serial-number-by-build
 * python:   3.11-serial-number
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "hooks.h"

static void *number(unsigned char *block, size_t size)
{
    if (block != NULL && size < 20)
        memset(block + size + 8, 1, 8);
    return block;
}

static void *number_malloc(void *ctx, size_t size)
{
    return number(pass_malloc(ctx, size), size);
}

static void *number_calloc(void *ctx, size_t count, size_t size)
{
    return number(pass_calloc(ctx, count, size), count * size);
}

static void *number_realloc(void *ctx, void *block, size_t size)
{
    return number(pass_realloc(ctx, block, size), size);
}

static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over)
{
    over->malloc = number_malloc;
    over->calloc = number_calloc;
    over->realloc = number_realloc;
}
