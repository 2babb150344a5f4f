/*
 * about:    capital letters make no difference in a name
 * breaks:   environment.names.unknown
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    if (strcmp(name, "DEBUG") == 0)
        name = "debug";
    return _PyMem_GetAllocatorName_before(name, allocator);
}
