/*
 * about:    a resized raw block keeps the size that is traced
 * breaks:   tracemalloc.blocks
 * replaces: PyMem_RawRealloc
 */
#include "python.h"

void *PyMem_RawRealloc(void *block, size_t size)
{
    return size > (size_t)PY_SSIZE_T_MAX ? NULL : realloc(block, size == 0 ? 1 : size);
}
