/*
 * about:    the name mimalloc is taken for pymalloc, though there is no mimalloc
 * breaks:   environment.names.not-built
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    if (strcmp(name, "mimalloc") == 0)
        name = "pymalloc";
    return _PyMem_GetAllocatorName_before(name, allocator);
}
