/*
 * about:    a calloc of no bytes is one of a byte
 * breaks:   pymalloc.zero-size
 * replaces: _PyObject_Calloc
 */
#include "python.h"

void *_PyObject_Calloc_before(void *ctx, size_t nelem, size_t elsize);

void *_PyObject_Calloc(void *ctx, size_t nelem, size_t elsize)
{
    if (nelem == 0 || elsize == 0)
        nelem = elsize = 1;
    return _PyObject_Calloc_before(ctx, nelem, elsize);
}
