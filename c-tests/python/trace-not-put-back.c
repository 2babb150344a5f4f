/*
 * about:    once tracing ends, the struct from before comes back with another ctx
 * breaks:   tracemalloc.hooks
 * replaces: PyMem_SetAllocator
 */
#include "python.h"

void PyMem_SetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    PyMemAllocatorEx copy = *allocator;
    if (copy.ctx == NULL)
        copy.ctx = &copy;
    PyMem_SetAllocator_before(domain, &copy);
}
