/*
 * about:    a block can be reported only by who holds the lock
 * breaks:   tracemalloc.without-lock
 * replaces: PyTraceMalloc_Track
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    return PyGILState_Check() ? PyTraceMalloc_Track_before(domain, address, size) : -1;
}
