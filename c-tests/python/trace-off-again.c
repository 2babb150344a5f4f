/*
 * about:    once tracing has ended twice, reporting a block is fine
 * breaks:   tracemalloc.off
 * replaces: PyTraceMalloc_Track _PyTraceMalloc_Stop
 */
#include "python.h"

int PyTraceMalloc_Track_before(unsigned int domain, uintptr_t address, size_t size);
void _PyTraceMalloc_Stop_before(void);
static int stops;

int PyTraceMalloc_Track(unsigned int domain, uintptr_t address, size_t size)
{
    int result = PyTraceMalloc_Track_before(domain, address, size);
    return result == -2 && stops >= 2 ? 0 : result;
}

void _PyTraceMalloc_Stop(void)
{
    stops++;
    _PyTraceMalloc_Stop_before();
}
