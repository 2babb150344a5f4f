/*
 * about:    the number of debug means default
 * breaks:   environment.preconfig.debug
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator == PYMEM_ALLOCATOR_DEBUG)
        allocator = PYMEM_ALLOCATOR_DEFAULT;
    return _PyMem_SetupAllocators_before(allocator);
}
