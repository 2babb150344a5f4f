/*
 * about:    mimalloc asks raw for as much as it hands out above 64 KiB
 * breaks:   mimalloc.any-size
 * replaces: _PyMem_SetupAllocators
 */
#include "mimalloc.h"

static PyMemAllocatorEx mem;

static void *malloc_by_part(void *ctx, size_t size)
{
    if (size > 64 << 10)
        PyMem_RawFree(PyMem_RawMalloc(size));
    return mem.malloc(mem.ctx, size);
}

static void change(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &mem);
    PyMemAllocatorEx by_part = mem;
    by_part.malloc = malloc_by_part;
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &by_part);
}
