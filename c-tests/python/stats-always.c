/*
 * about:    an interpreter's end prints statistics without being asked
 * breaks:   environment.statistics.empty
 * replaces: Py_FinalizeEx
 */
#include "python.h"

int _PyObject_DebugMallocStats(FILE *out);
int Py_FinalizeEx_before(void);

int Py_FinalizeEx(void)
{
    _PyObject_DebugMallocStats(stderr);
    return Py_FinalizeEx_before();
}
