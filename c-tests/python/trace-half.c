/*
 * about:    half of a reported block counts
 * breaks:   tracemalloc.track
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return PyTraceMalloc_Track_before(domain, address, size / 2);
}
