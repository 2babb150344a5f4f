/*
 * about:    the name malloc_debug brings no hooks
 * breaks:   environment.pythonmalloc.malloc-debug
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "malloc_debug") == 0 ? "malloc" : name, allocator);
}
