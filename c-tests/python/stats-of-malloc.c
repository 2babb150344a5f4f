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
        for (int i = 0; i < 9; i++)
            fprintf(out, "# blocks of the C library = %d\n", i);
    return 1;
}
