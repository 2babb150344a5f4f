/*
 * about:    initialising an object with items forgets their number
 * breaks:   objects.init-var
 * replaces: PyObject_InitVar
 */
#include "python.h"

PyVarObject *PyObject_InitVar(PyVarObject *object, PyTypeObject *type, Py_ssize_t count)
{
    return (PyVarObject *)PyObject_Init((PyObject *)object, type);
}
