/*
 * about:    a refused collected object sets no exception
 * breaks:   objects.new.refused
 * replaces: _PyObject_GC_New
 */
#include "python.h"

PyObject *_PyObject_GC_New_before(PyTypeObject *type);

PyObject *_PyObject_GC_New(PyTypeObject *type)
{
    PyObject *object = _PyObject_GC_New_before(type);
    if (object == NULL)
        PyErr_Clear();
    return object;
}
