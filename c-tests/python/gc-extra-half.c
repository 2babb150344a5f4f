/*
 * about:    half of the extra bytes are asked for
 * breaks:   objects.gc-extra-data
 * replaces: PyUnstable_Object_GC_NewWithExtraData
 */
#include "python.h"

PyObject *PyUnstable_Object_GC_NewWithExtraData_before(PyTypeObject *type, size_t extra);

PyObject *PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra)
{
    return PyUnstable_Object_GC_NewWithExtraData_before(type, extra / 2);
}
