/*
 * about:    the name debug brings no hooks
 * breaks:   environment.pythonmalloc.debug
 * replaces: _PyMem_GetAllocatorName
 */
#include "python.h"

int _PyMem_GetAllocatorName_before(const char *name, PyMemAllocatorName *allocator);

int _PyMem_GetAllocatorName(const char *name, PyMemAllocatorName *allocator)
{
    return _PyMem_GetAllocatorName_before(strcmp(name, "debug") == 0 ? "default" : name, allocator);
}
