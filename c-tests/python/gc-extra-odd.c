/*
 * about:    only whole words of the extra bytes are zero
 * breaks:   objects.gc-extra-data
 * replaces: PyUnstable_Object_GC_NewWithExtraData
 */
#include "python.h"

PyObject *PyUnstable_Object_GC_NewWithExtraData_before(PyTypeObject *type, size_t extra);

PyObject *PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra)
{
    PyObject *object = PyUnstable_Object_GC_NewWithExtraData_before(type, extra);
    if (object != NULL && is_made(type))
        memset((char *)object + type->tp_basicsize + extra / 8 * 8, 0xEE, extra % 8);
    return object;
}
