/*
 * about:    the name mimalloc is known before 3.13, and means malloc
 * breaks:   environment.names.not-built
 * python:   3.11
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "mimalloc") == 0 ? "malloc" : name, allocator);
}
