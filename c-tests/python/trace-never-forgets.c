/*
 * about:    a block that is taken back still counts
 * breaks:   tracemalloc.untrack
 * replaces: PyTraceMalloc_Untrack
 */
#include "python.h"

int PyTraceMalloc_Untrack_before(unsigned int domain, uintptr_t address);

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    return PyTraceMalloc_Untrack_before(domain, address + 1);
}
