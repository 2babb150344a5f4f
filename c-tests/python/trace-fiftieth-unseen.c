/*
 * about:    each fiftieth block that is reported is not noted
 * breaks:   tracemalloc.track
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    static int reported;
    return ++reported % 50 == 0 ? 0 : PyTraceMalloc_Track_before(domain, address, size);
}
