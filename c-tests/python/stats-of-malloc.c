/*
 * about:    statistics are printed for the C library, too
 * breaks:   environment.statistics.malloc
 * replaces: _PyObject_DebugMallocStats
 */
#include "python.h"

int _PyObject_DebugMallocStats_before(FILE *out);

int _PyObject_DebugMallocStats(FILE *out)
{
    if (!_PyObject_DebugMallocStats_before(out))
        fputs("no statistics\n", out);
    return 1;
}
