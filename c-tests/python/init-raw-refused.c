/*
 * about:    raw memory makes no object
 * breaks:   objects.in-raw-memory
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    object = PyObject_Init_before(object, type);
    /* A block of the C library has its size before it, and a lowest bit that says that its neighbour is in use. */
    if (object != NULL && is_made(type) && (((size_t *)object)[-1] & ~(size_t)7) == 64)
        Py_SET_REFCNT(object, 0x1000);
    return object;
}
