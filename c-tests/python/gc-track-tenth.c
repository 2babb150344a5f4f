/*
 * about:    each tenth object is not tracked
 * breaks:   objects.gc-track
 * replaces: PyObject_GC_Track
 */
#include "python.h"

void PyObject_GC_Track_before(void *object);

void PyObject_GC_Track(void *object)
{
    static int tracked;
    if (!is_made(Py_TYPE(object)) || ++tracked % 10 != 0)
        PyObject_GC_Track_before(object);
}
