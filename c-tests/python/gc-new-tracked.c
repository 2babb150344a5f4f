/*
 * about:    a new collected object is tracked
 * breaks:   objects.gc-new
 * replaces: _PyObject_GC_New
 */
#include "python.h"

PyObject *_PyObject_GC_New_before(PyTypeObject *type);

PyObject *_PyObject_GC_New(PyTypeObject *type)
{
    PyObject *object = _PyObject_GC_New_before(type);
    if (object != NULL && is_made(type))
        PyObject_GC_Track(object);
    return object;
}
