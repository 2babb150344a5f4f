/*
 * about:    taking a block back is fine while nothing is traced
 * breaks:   tracemalloc.off
 * replaces: PyTraceMalloc_Untrack
 */
#include "python.h"

int PyTraceMalloc_Untrack_before(unsigned int domain, uintptr_t address);

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    PyTraceMalloc_Untrack_before(domain, address);
    return 0;
}
