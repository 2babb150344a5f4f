/*
 * about:    a start that names allocators leaves what was installed
 * breaks:   customize.start-replaces
 * replaces: _PyMem_SetupAllocators
 */
#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);
static PyMemAllocatorEx first;

__attribute__((constructor)) static void at_load(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &first);
}

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    PyMemAllocatorEx now;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &now);
    return now.malloc != first.malloc ? 0 : _PyMem_SetupAllocators_before(allocator);
}
