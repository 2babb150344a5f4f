/*
 * about:    the name pymalloc means the C library
 * breaks:   environment.pythonmalloc.pymalloc
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "pymalloc") == 0 ? "malloc" : name, allocator);
}
