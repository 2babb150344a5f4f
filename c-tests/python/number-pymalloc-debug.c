/*
 * about:    the number of pymalloc-debug means pymalloc
 * breaks:   environment.preconfig.pymalloc-debug
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator == PYMEM_ALLOCATOR_PYMALLOC_DEBUG)
        allocator = PYMEM_ALLOCATOR_PYMALLOC;
    return _PyMem_SetupAllocators_before(allocator);
}
