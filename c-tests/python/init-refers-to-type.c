/*
 * about:    an object refers to its type
 * breaks:   objects.init.heap-type-borrowed
 * python:   3.7
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    if (object != NULL && is_made(type))
        Py_INCREF(type);
    return PyObject_Init_before(object, type);
}
