/*
 * about:    the struct of raw is set word by word, with time between
 * breaks:   customize.locked
 * replaces: PyMem_SetAllocator PyMem_GetAllocator
 */
#include "python.h"

#include <unistd.h>

void PyMem_GetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
void PyMem_SetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
static PyMemAllocatorEx torn;
static int is_torn, calls;

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if (domain == PYMEM_DOMAIN_RAW && __atomic_load_n(&is_torn, __ATOMIC_ACQUIRE))
        *allocator = torn;
    else
        PyMem_GetAllocator_before(domain, allocator);
}

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    if (domain == PYMEM_DOMAIN_RAW) {
        PyMem_GetAllocator_before(domain, &torn);
        torn.ctx = allocator->ctx;
        __atomic_store_n(&is_torn, 1, __ATOMIC_RELEASE);
        if (calls++ < 100)
            usleep(100);
    }
    PyMem_SetAllocator_before(domain, allocator);
    __atomic_store_n(&is_torn, 0, __ATOMIC_RELEASE);
}
