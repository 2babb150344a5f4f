/*
 * about:    the number of items is kept in a byte
 * breaks:   objects.init-var
 * replaces: PyObject_InitVar
 */
#include "python.h"

PyVarObject *PyObject_InitVar_before(PyVarObject *object, PyTypeObject *type, Py_ssize_t count);

PyVarObject *PyObject_InitVar(PyVarObject *object, PyTypeObject *type, Py_ssize_t count)
{
    return PyObject_InitVar_before(object, type, is_made(type) ? count & 0xFF : count);
}
