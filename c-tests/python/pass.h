/* Functions that pass a call on to the struct that `ctx` points to. */
#ifndef BROKEN_PYTHON_PASS_H
#define BROKEN_PYTHON_PASS_H

#include "python.h"

static void *pass_malloc(void *ctx, size_t size)
{
    PyMemAllocatorEx *inner = ctx;
    return inner->malloc(inner->ctx, size);
}

static void *pass_calloc(void *ctx, size_t count, size_t size)
{
    PyMemAllocatorEx *inner = ctx;
    return inner->calloc(inner->ctx, count, size);
}

static void *pass_realloc(void *ctx, void *block, size_t size)
{
    PyMemAllocatorEx *inner = ctx;
    return inner->realloc(inner->ctx, block, size);
}

static void pass_free(void *ctx, void *block)
{
    PyMemAllocatorEx *inner = ctx;
    inner->free(inner->ctx, block);
}

#endif
