/*
 * about:    a block that grows moves, also within its class
 * breaks:   pymalloc.realloc.grows
 * replaces: PyMem_Malloc PyObject_Malloc _PyObject_Realloc _PyObject_Free
 */
#include "last-block.h"

static int moves(size_t from, size_t to)
{
    return from > 0 && from < to && to <= 512;
}
