/*
 * about:    with mimalloc, mem and obj have the same functions
 * breaks:   mimalloc.apart
 * replaces: _PyMem_SetupAllocators
 */
#include "mimalloc.h"

static void change(void)
{
    PyMemAllocatorEx obj;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &obj);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &obj);
}
