/*
 * about:    initialising an object clears a field behind its header
 * breaks:   objects.init
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    if (object != NULL && is_made(type))
        memset((char *)object + type->tp_basicsize - 8, 0, 8);
    return PyObject_Init_before(object, type);
}
