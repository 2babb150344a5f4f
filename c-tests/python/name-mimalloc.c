/*
 * about:    the name mimalloc means pymalloc
 * breaks:   environment.pythonmalloc.mimalloc
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "mimalloc") == 0 ? "pymalloc" : name, allocator);
}
