/*
 * about:    a start that names allocators leaves debug hooks
 * breaks:   debug-hooks.setup.start-removes
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
    return now.ctx != first.ctx ? 0 : _PyMem_SetupAllocators_before(allocator);
}
