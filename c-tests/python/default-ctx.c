/*
 * about:    the allocator of raw has a ctx
 * breaks:   defaults.ctx
 * replaces: PyMem_GetAllocator
 */
#include "python.h"

void PyMem_GetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    static char something;
    PyMem_GetAllocator_before(domain, allocator);
    if (domain == PYMEM_DOMAIN_RAW && !allocator->ctx)
        allocator->ctx = &something;
}
