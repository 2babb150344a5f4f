/*
 * about:    all domains are one
 * breaks:   tracemalloc.track.domains
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return PyTraceMalloc_Track_before(domain > 7 ? 7 : domain, address, size);
}
