/*
 * about:    a new object has two references
 * breaks:   objects.new.header
 * replaces: _PyObject_New
 */
#include "python.h"

PyObject *_PyObject_New_before(PyTypeObject *type);

PyObject *_PyObject_New(PyTypeObject *type)
{
    PyObject *object = _PyObject_New_before(type);
    if (object != NULL)
        Py_SET_REFCNT(object, 2);
    return object;
}
