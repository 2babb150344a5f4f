/*
 * about:    the statistics begin with another line
 * breaks:   environment.statistics.pymalloc
 * replaces: _PyObject_DebugMallocStats
 */
#include "python.h"

int _PyObject_DebugMallocStats_before(FILE *out);

int _PyObject_DebugMallocStats(FILE *out)
{
    fputs("Statistics\n", out);
    return _PyObject_DebugMallocStats_before(out);
}
