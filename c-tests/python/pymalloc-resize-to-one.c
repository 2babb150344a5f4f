/*
 * about:    a resize to no bytes is one to a byte
 * breaks:   pymalloc.realloc.to-zero
 * replaces: _PyObject_Realloc
 */
#include "python.h"

void *_PyObject_Realloc_before(void *ctx, void *block, size_t size);

void *_PyObject_Realloc(void *ctx, void *block, size_t size)
{
    return _PyObject_Realloc_before(ctx, block, size ? size : 1);
}
