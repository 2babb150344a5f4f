/*
 * about:    an object is not tracked
 * breaks:   objects.gc-track
 * replaces: PyObject_GC_Track
 */
#include "python.h"

void PyObject_GC_Track_before(void *object);

void PyObject_GC_Track(void *object)
{
    if (!is_made(Py_TYPE(object)))
        PyObject_GC_Track_before(object);
}
