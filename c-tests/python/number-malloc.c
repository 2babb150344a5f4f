/*
 * about:    the number of malloc means pymalloc
 * breaks:   environment.preconfig.malloc
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator == PYMEM_ALLOCATOR_MALLOC)
        allocator = PYMEM_ALLOCATOR_PYMALLOC;
    return _PyMem_SetupAllocators_before(allocator);
}
