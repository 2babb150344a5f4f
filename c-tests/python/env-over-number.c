/*
 * about:    PYTHONMALLOC wins over the number in the configuration
 * breaks:   environment.priority
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    const char *value = getenv("PYTHONMALLOC");
    if (value && strcmp(value, "debug") == 0)
        allocator = PYMEM_ALLOCATOR_DEBUG;
    return _PyMem_SetupAllocators_before(allocator);
}
