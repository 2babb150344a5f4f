/*
 * about:    a free-threaded build asks raw for as much as mem hands out above 64 KiB
 * breaks:   mimalloc.free-threaded
 * python:   3.13t
 * replaces: 
 */
#include "python.h"

static PyMemAllocatorEx mem;

static void *malloc_by_part(void *ctx, size_t size)
{
    if (size > 64 << 10)
        PyMem_RawFree(PyMem_RawMalloc(size));
    return mem.malloc(ctx, size);
}

__attribute__((constructor)) static void at_load(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &mem);
    PyMemAllocatorEx by_part = mem;
    by_part.malloc = malloc_by_part;
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &by_part);
}
