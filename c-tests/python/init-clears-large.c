/*
 * about:    initialising a large object clears its last field
 * breaks:   objects.init
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    if (object != NULL && is_made(type) && type->tp_basicsize > 512)
        memset((char *)object + type->tp_basicsize - 8, 0, 8);
    return PyObject_Init_before(object, type);
}
