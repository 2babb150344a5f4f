/*
 * about:    taking back an unknown block is an error
 * breaks:   tracemalloc.untrack.unknown
 * replaces: PyTraceMalloc_Untrack PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    extern uintptr_t last_traced;
    last_traced = address;
    return PyTraceMalloc_Track_before(domain, address, size);
}

uintptr_t last_traced;

int PyTraceMalloc_Untrack_before(unsigned int domain, uintptr_t address);

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    int result = PyTraceMalloc_Untrack_before(domain, address);
    return result == 0 && address != last_traced ? -1 : result;
}
