/*
 * about:    the name mimalloc_debug means pymalloc
 * breaks:   environment.pythonmalloc.mimalloc-debug
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "mimalloc_debug") == 0 ? "pymalloc_debug" : name, allocator);
}
