/*
 * about:    an object is said to have a header of 24 bytes
 * breaks:   objects.layout
 * replaces: PyObject_GetAttrString
 */
#include "python.h"

PyObject *PyObject_GetAttrString_before(PyObject *object, const char *name);

PyObject *PyObject_GetAttrString(PyObject *object, const char *name)
{
    if (object == (PyObject *)&PyBaseObject_Type && strcmp(name, "__basicsize__") == 0)
        return PyLong_FromLong(24);
    return PyObject_GetAttrString_before(object, name);
}
