/*
 * about:    the largest address cannot be reported
 * breaks:   tracemalloc.track.any-key
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return address == UINTPTR_MAX ? -1 : PyTraceMalloc_Track_before(domain, address, size);
}
