/*
 * about:    small blocks that are reported are not noted
 * breaks:   tracemalloc.track
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    int result = PyTraceMalloc_Track_before(domain, address, size);
    if (result == 0 && size < 1000)
        PyTraceMalloc_Untrack(domain, address);
    return result;
}
