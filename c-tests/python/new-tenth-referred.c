/*
 * about:    each tenth new object has two references
 * breaks:   objects.new.header
 * replaces: _PyObject_New
 */
#include "python.h"

PyObject *_PyObject_New_before(PyTypeObject *type);

PyObject *_PyObject_New(PyTypeObject *type)
{
    static int made;
    PyObject *object = _PyObject_New_before(type);
    if (object != NULL && is_made(type) && ++made % 10 == 0)
        Py_SET_REFCNT(object, 2);
    return object;
}
