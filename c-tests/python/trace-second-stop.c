/*
 * about:    the second time that tracing ends, another struct comes back
 * breaks:   tracemalloc.hooks
 * replaces: _PyTraceMalloc_Stop
 */
#include "python.h"

void _PyTraceMalloc_Stop_before(void);

void _PyTraceMalloc_Stop(void)
{
    static char mark;
    static int calls;
    _PyTraceMalloc_Stop_before();
    if (++calls < 2)
        return;
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx now;
        PyMem_GetAllocator(domain, &now);
        if (now.ctx != NULL)
            continue;
        now.ctx = &mark;
        PyMem_SetAllocator(domain, &now);
    }
}
