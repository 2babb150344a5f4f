/*
 * about:    an object that is tracked is said to be so by a two
 * breaks:   objects.gc-queries
 * replaces: PyObject_GC_IsTracked
 */
#include "python.h"

int PyObject_GC_IsTracked_before(PyObject *object);

int PyObject_GC_IsTracked(PyObject *object)
{
    return 2 * PyObject_GC_IsTracked_before(object);
}
