/*
 * about:    an object without items says that it has one
 * breaks:   objects.new-var.header
 * replaces: _PyObject_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_NewVar_before(PyTypeObject *type, Py_ssize_t count);

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    PyVarObject *object = _PyObject_NewVar_before(type, count);
    if (object != NULL && is_made(type) && count == 0)
        Py_SET_SIZE(object, 1);
    return object;
}
