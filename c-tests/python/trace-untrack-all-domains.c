/*
 * about:    taking a block back in one domain takes it back in the one before
 * breaks:   tracemalloc.untrack.unknown
 * replaces: PyTraceMalloc_Untrack
 */
#include "python.h"

int PyTraceMalloc_Untrack_before(unsigned int domain, uintptr_t address);

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    PyTraceMalloc_Untrack_before(domain - 1, address);
    return PyTraceMalloc_Untrack_before(domain, address);
}
