/*
 * about:    each tenth block that is taken back still counts
 * breaks:   tracemalloc.untrack
 * replaces: PyTraceMalloc_Untrack
 */
#include "python.h"

int PyTraceMalloc_Untrack_before(unsigned int domain, uintptr_t address);

int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t address)
{
    static int calls;
    return ++calls % 10 == 0 ? 0 : PyTraceMalloc_Untrack_before(domain, address);
}
