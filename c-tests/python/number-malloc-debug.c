/*
 * about:    the number of malloc-debug means pymalloc_debug
 * breaks:   environment.preconfig.malloc-debug
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator == PYMEM_ALLOCATOR_MALLOC_DEBUG)
        allocator = PYMEM_ALLOCATOR_PYMALLOC_DEBUG;
    return _PyMem_SetupAllocators_before(allocator);
}
