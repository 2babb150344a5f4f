/*
 * about:    each tenth object that is released is not freed
 * breaks:   objects.gc-del
 * replaces: PyObject_GC_Del
 */
#include "python.h"

void PyObject_GC_Del_before(void *object);

void PyObject_GC_Del(void *object)
{
    static int released;
    if (is_made(Py_TYPE(object)) && ++released % 10 == 0)
        PyObject_GC_UnTrack(object);
    else
        PyObject_GC_Del_before(object);
}
