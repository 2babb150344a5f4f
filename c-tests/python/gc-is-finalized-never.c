/*
 * about:    no object is ever finalized
 * breaks:   objects.gc-queries
 * replaces: PyObject_GC_IsFinalized
 */
#include "python.h"

int PyObject_GC_IsFinalized(PyObject *object)
{
    return 0;
}
