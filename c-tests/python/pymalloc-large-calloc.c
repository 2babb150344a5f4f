/*
 * about:    a calloc of a large block is one of raw's malloc
 * breaks:   pymalloc.large
 * replaces: _PyObject_Calloc
 */
#include "python.h"

#define MOST (1 << 20)

void *_PyObject_Malloc(void *ctx, size_t size);
void *_PyObject_Calloc_before(void *ctx, size_t nelem, size_t elsize);

void *_PyObject_Calloc(void *ctx, size_t nelem, size_t elsize)
{
    size_t size = nelem * elsize;
    if (nelem > MOST || elsize > MOST || size <= 512 || size > MOST)
        return _PyObject_Calloc_before(ctx, nelem, elsize);
    void *block = _PyObject_Malloc(ctx, size);
    return block ? memset(block, 0, size) : NULL;
}
