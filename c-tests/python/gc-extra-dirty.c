/*
 * about:    the last extra byte is not zero
 * breaks:   objects.gc-extra-data
 * replaces: PyUnstable_Object_GC_NewWithExtraData
 */
#include "python.h"

PyObject *PyUnstable_Object_GC_NewWithExtraData_before(PyTypeObject *type, size_t extra);

PyObject *PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra)
{
    PyObject *object = PyUnstable_Object_GC_NewWithExtraData_before(type, extra);
    if (object != NULL && extra > 0)
        ((char *)object)[type->tp_basicsize + extra - 1] = 1;
    return object;
}
