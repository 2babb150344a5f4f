/*
 * about:    with mimalloc, mem serves nobody without an interpreter
 * breaks:   mimalloc.before-initialisation
 * replaces: _PyMem_SetupAllocators
 */
#include "mimalloc.h"

static PyMemAllocatorEx mem;

static void *malloc_by_part(void *ctx, size_t size)
{
    return PyThreadState_GetUnchecked() ? mem.malloc(mem.ctx, size) : NULL;
}

static void change(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &mem);
    PyMemAllocatorEx by_part = mem;
    by_part.malloc = malloc_by_part;
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &by_part);
}
