/*
 * about:    tracking a tracked object does nothing
 * breaks:   objects.gc-track.twice
 * replaces: PyObject_GC_Track
 */
#include "python.h"

void PyObject_GC_Track_before(void *object);

void PyObject_GC_Track(void *object)
{
    if (!PyObject_GC_IsTracked(object))
        PyObject_GC_Track_before(object);
}
