/*
 * about:    the second object that is refused sets no exception
 * breaks:   objects.new.refused
 * replaces: _PyObject_New
 */
#include "python.h"

PyObject *_PyObject_New_before(PyTypeObject *type);

PyObject *_PyObject_New(PyTypeObject *type)
{
    static int refused;
    PyObject *object = _PyObject_New_before(type);
    if (object == NULL && ++refused % 2 == 0)
        PyErr_Clear();
    return object;
}
