/*
 * about:    once tracing ends, the struct from before comes back with another ctx
 * breaks:   tracemalloc.hooks
 * replaces: PyMem_SetAllocator
 */
#include "python.h"

void PyMem_SetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    static char marks[64];
    static int used;
    PyMemAllocatorEx copy = *allocator;
    char *ctx = copy.ctx;
    /* The next one may be put back over this. */
    if (ctx == NULL || (ctx >= marks && ctx < marks + sizeof marks))
        copy.ctx = &marks[used++ % sizeof marks];
    PyMem_SetAllocator_before(domain, &copy);
}
