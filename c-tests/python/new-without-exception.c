/*
 * about:    a refused object with items sets no exception
 * breaks:   objects.new.refused
 * replaces: _PyObject_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_NewVar_before(PyTypeObject *type, Py_ssize_t count);

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    PyVarObject *object = _PyObject_NewVar_before(type, count);
    if (object == NULL)
        PyErr_Clear();
    return object;
}
