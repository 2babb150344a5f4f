/*
 * about:    a block that is reported again keeps its size
 * breaks:   tracemalloc.track.update
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    static uintptr_t known;
    int is_known = address == known;
    known = address;
    return is_known ? 0 : PyTraceMalloc_Track_before(domain, address, size);
}
