/*
 * about:    a number that no allocator has changes nothing
 * breaks:   environment.preconfig.unknown
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (allocator < 0 || allocator > PYMEM_ALLOCATOR_PYMALLOC_DEBUG + 2)
        return 0;
    return _PyMem_SetupAllocators_before(allocator);
}
