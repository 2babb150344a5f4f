/*
 * about:    a released object is not freed
 * breaks:   objects.gc-del
 * replaces: PyObject_GC_Del
 */
#include "python.h"

void PyObject_GC_Del_before(void *object);

void PyObject_GC_Del(void *object)
{
    if (is_made(Py_TYPE(object)))
        PyObject_GC_UnTrack(object);
    else
        PyObject_GC_Del_before(object);
}
