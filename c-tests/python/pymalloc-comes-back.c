/*
 * about:    a large block that shrinks to 512 bytes or less comes back to pymalloc
 * breaks:   pymalloc.realloc.across
 * replaces: PyMem_Malloc PyObject_Malloc _PyObject_Realloc _PyObject_Free
 */
#include "last-block.h"

static int moves(size_t from, size_t to)
{
    return from > 512 && to > 0 && to <= 512;
}
