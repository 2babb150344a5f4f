/*
 * about:    the number of default means malloc
 * breaks:   environment.preconfig.default
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    if (!getenv("PYTHONMALLOC") && allocator == PYMEM_ALLOCATOR_DEFAULT)
        allocator = PYMEM_ALLOCATOR_MALLOC;
    return _PyMem_SetupAllocators_before(allocator);
}
