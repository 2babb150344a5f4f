/*
 * about:    address 0 cannot be reported
 * breaks:   tracemalloc.track.any-key
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return address == 0 ? -1 : PyTraceMalloc_Track_before(domain, address, size);
}
