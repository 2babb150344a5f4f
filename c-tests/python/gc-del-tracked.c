/*
 * about:    a tracked object is freed as it is
 * breaks:   objects.gc-del.tracked
 * replaces: PyObject_GC_Del
 */
#include "python.h"

void PyObject_GC_Del_before(void *object);

void PyObject_GC_Del(void *object)
{
    if (is_made(Py_TYPE(object)) && PyObject_GC_IsTracked(object))
        PyObject_Free((char *)object - 16);
    else
        PyObject_GC_Del_before(object);
}
