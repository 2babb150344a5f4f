/*
 * about:    no statistics are printed
 * breaks:   environment.statistics.printed
 * replaces: _PyObject_DebugMallocStats
 */
#include "python.h"

int _PyObject_DebugMallocStats_before(FILE *out);

int _PyObject_DebugMallocStats(FILE *out)
{
    return 0;
}
