/*
 * about:    blocks are told apart by half of their address
 * breaks:   tracemalloc.track
 * replaces: PyTraceMalloc_Track PyTraceMalloc_Untrack
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);
int PyTraceMalloc_Untrack_before(unsigned int domain, uintptr_t address);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return PyTraceMalloc_Track_before(domain, address & 0xFFFFFFFF, size);
}

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    return PyTraceMalloc_Untrack_before(domain, address & 0xFFFFFFFF);
}
