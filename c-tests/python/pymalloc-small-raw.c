/*
 * about:    a calloc of 505 to 510 bytes is one of raw
 * breaks:   pymalloc.small
 * replaces: _PyObject_Calloc
 */
#include "python.h"

void *_PyObject_Calloc_before(void *ctx, size_t nelem, size_t elsize);

void *_PyObject_Calloc(void *ctx, size_t nelem, size_t elsize)
{
    size_t size = nelem * elsize;
    if (nelem > 510 || elsize > 510 || size < 505 || size > 510)
        return _PyObject_Calloc_before(ctx, nelem, elsize);
    return PyMem_RawCalloc(nelem, elsize);
}
