/*
 * about:    the size of an object with items is not rounded up
 * breaks:   objects.new-var.rounding
 * replaces: _PyObject_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    PyVarObject *object = PyObject_Malloc(type->tp_basicsize + count * type->tp_itemsize);
    if (object == NULL)
        return (PyVarObject *)PyErr_NoMemory();
    return PyObject_InitVar(object, type, count);
}
