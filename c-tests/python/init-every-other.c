/*
 * about:    every other object does not refer to its type
 * breaks:   objects.init.heap-type
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    static int made;
    object = PyObject_Init_before(object, type);
    if (object != NULL && is_made(type) && ++made % 2 == 0)
        Py_DECREF(type);
    return object;
}
