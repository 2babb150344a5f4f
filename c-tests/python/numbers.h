/* Changes the number behind each block that the debug hooks give, by `number`, which the part defines. */
#ifndef BROKEN_NUMBERS_H
#define BROKEN_NUMBERS_H

#include "hooks.h"

/* Returns the block. */
static void *number(unsigned char *block, size_t size);

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

#endif
