/*
 * about:    the name malloc_debug is not known
 * breaks:   environment.names.accepted
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    if (strcmp(name, "malloc_debug") == 0)
        return -1;
    return _PyMem_GetAllocatorName_before(name, allocator);
}
