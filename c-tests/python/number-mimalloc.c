/*
 * about:    the numbers of mimalloc are those of pymalloc
 * breaks:   environment.preconfig.mimalloc
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator > PYMEM_ALLOCATOR_PYMALLOC_DEBUG)
        allocator = PYMEM_ALLOCATOR_PYMALLOC;
    return _PyMem_SetupAllocators_before(allocator);
}
