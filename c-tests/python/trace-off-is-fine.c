/*
 * about:    reporting a block is fine while nothing is traced
 * breaks:   tracemalloc.off
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    int result = PyTraceMalloc_Track_before(domain, address, size);
    return result == -2 ? 0 : result;
}
