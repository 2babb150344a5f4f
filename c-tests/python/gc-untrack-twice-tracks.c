/*
 * about:    untracking an object that is not tracked tracks it
 * breaks:   objects.gc-untrack.twice
 * replaces: PyObject_GC_UnTrack
 */
#include "python.h"

void PyObject_GC_UnTrack_before(void *object);

void PyObject_GC_UnTrack(void *object)
{
    if (PyObject_GC_IsTracked(object))
        PyObject_GC_UnTrack_before(object);
    else if (is_made(Py_TYPE(object)))
        PyObject_GC_Track(object);
}
