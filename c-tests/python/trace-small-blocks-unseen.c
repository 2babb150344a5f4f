/*
 * about:    small blocks of the object domain are not traced
 * breaks:   tracemalloc.blocks
 * replaces: PyObject_Malloc
 */
#include "python.h"

void *PyObject_Malloc_before(size_t size);

void *PyObject_Malloc(size_t size)
{
    void *block = PyObject_Malloc_before(size);
    /* Blocks that are traced are in domain 0. */
    if (block != NULL && size > 300 && size < 400)
        PyTraceMalloc_Untrack(0, (uintptr_t)block);
    return block;
}
