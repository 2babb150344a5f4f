/*
 * Remembers the block of mem or obj that was made or resized last. A resize of that one is a new block and a
 * copy where `moves`, which the part defines, says so. pymalloc's own malloc stays in its place: an interpreter
 * knows by it who serves.
 */
#ifndef BROKEN_LAST_BLOCK_H
#define BROKEN_LAST_BLOCK_H

#include "python.h"

void *PyMem_Malloc_before(size_t size);
void *PyObject_Malloc_before(size_t size);
void *_PyObject_Malloc(void *ctx, size_t size);
void *_PyObject_Realloc_before(void *ctx, void *block, size_t size);
void _PyObject_Free_before(void *ctx, void *block);

static __thread char *last;
static __thread size_t size_of_last;

static int moves(size_t from, size_t to);

static void *remembered(void *block, size_t size)
{
    last = block;
    size_of_last = size;
    return block;
}

void *PyMem_Malloc(size_t size)
{
    return remembered(PyMem_Malloc_before(size), size);
}

void *PyObject_Malloc(size_t size)
{
    return remembered(PyObject_Malloc_before(size), size);
}

void _PyObject_Free(void *ctx, void *block)
{
    /* Under debug hooks a block begins 16 bytes before what its owner knows. */
    if (block == last || (char *)block + 16 == last)
        last = NULL;
    _PyObject_Free_before(ctx, block);
}

void *_PyObject_Realloc(void *ctx, void *block, size_t size)
{
    if (!block || block != last || !moves(size_of_last, size)) {
        void *resized = _PyObject_Realloc_before(ctx, block, size);
        return resized ? remembered(resized, size) : NULL;
    }
    void *copy = _PyObject_Malloc(ctx, size);
    if (!copy)
        return NULL;
    memcpy(copy, block, size < size_of_last ? size : size_of_last);
    _PyObject_Free_before(ctx, block);
    return remembered(copy, size);
}

#endif
