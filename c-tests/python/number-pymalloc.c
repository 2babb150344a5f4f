/*
 * about:    the number of pymalloc means pymalloc_debug
 * breaks:   environment.preconfig.pymalloc
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator == PYMEM_ALLOCATOR_PYMALLOC)
        allocator = PYMEM_ALLOCATOR_PYMALLOC_DEBUG;
    return _PyMem_SetupAllocators_before(allocator);
}
