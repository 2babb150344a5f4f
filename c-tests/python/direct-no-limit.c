/*
 * about:    the function in the struct serves what the API refuses
 * breaks:   customize.direct-limits
 * replaces: PyMem_GetAllocator
 */
#include "python.h"

void PyMem_GetAllocator_before(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);
static PyMemAllocatorEx raw;

static void *serve(void *ctx, size_t size)
{
    return raw.malloc(ctx, size > PY_SSIZE_T_MAX ? 16 : size);
}

void PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator)
{
    PyMem_GetAllocator_before(domain, allocator);
    if (domain != PYMEM_DOMAIN_RAW || allocator->malloc == serve)
        return;
    raw = *allocator;
    allocator->malloc = serve;
}
