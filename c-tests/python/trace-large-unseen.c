/*
 * about:    large blocks come past the heap
 * breaks:   tracemalloc.accounting
 * replaces: PyMem_Malloc
 */
#include "python.h"

void *PyMem_Malloc_before(size_t size);

void *PyMem_Malloc(size_t size)
{
    return size == 1000003 ? malloc(size) : PyMem_Malloc_before(size);
}
