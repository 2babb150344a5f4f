/*
 * about:    each tenth object that is not tracked is said to be
 * breaks:   objects.gc-queries
 * replaces: PyObject_GC_IsTracked
 */
#include "python.h"

int PyObject_GC_IsTracked_before(PyObject *object);

int PyObject_GC_IsTracked(PyObject *object)
{
    static int asked;
    return is_made(Py_TYPE(object)) && ++asked % 10 == 0 ? 1 : PyObject_GC_IsTracked_before(object);
}
