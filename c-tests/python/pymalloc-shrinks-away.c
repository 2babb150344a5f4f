/*
 * about:    a block that shrinks moves, however little it shrinks
 * breaks:   pymalloc.realloc.shrinks
 * replaces: PyMem_Malloc PyObject_Malloc _PyObject_Realloc _PyObject_Free
 */
#include "last-block.h"

static int moves(size_t from, size_t to)
{
    return from <= 512 && from > to && to > from / 4 * 3;
}
