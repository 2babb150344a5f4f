/*
 * about:    a function is replaced as in a broken Python, by what does the same
 * control:  a mutation that changes nothing
 * replaces: PyMem_SetAllocator
 */
#include "python.h"

void PyMem_SetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

void PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    PyMem_SetAllocator_before(domain, allocator);
}
