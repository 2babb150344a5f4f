/*
 * about:    without pymalloc, obj has a malloc of its own
 * breaks:   defaults.no-pymalloc
 * python:   3.13-no-pymalloc
 * replaces: 
 */
#include "python.h"

static PyMemAllocatorEx obj;

static void *malloc_by_part(void *ctx, size_t size)
{
    return obj.malloc(ctx, size);
}

__attribute__((constructor)) static void at_load(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &obj);
    PyMemAllocatorEx by_part = obj;
    by_part.malloc = malloc_by_part;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &by_part);
}
