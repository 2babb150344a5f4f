/*
 * about:    the name pymalloc_debug means the C library
 * breaks:   environment.pythonmalloc.pymalloc-debug
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "pymalloc_debug") == 0 ? "malloc_debug" : name, allocator);
}
