/*
 * about:    an object does not refer to its type
 * breaks:   objects.init.heap-type
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    object = PyObject_Init_before(object, type);
    if (object != NULL && is_made(type))
        Py_DECREF(type);
    return object;
}
