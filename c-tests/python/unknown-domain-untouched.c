/*
 * about:    the struct for an unknown domain is left as it was
 * breaks:   customize.unknown-domain
 * replaces: PyMem_GetAllocator
 */
#include "python.h"

void PyMem_GetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if ((unsigned int)domain <= PYMEM_DOMAIN_OBJ)
        PyMem_GetAllocator_before(domain, allocator);
}
