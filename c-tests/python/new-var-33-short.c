/*
 * about:    an object with 33 items has room for 32
 * breaks:   objects.new-var.size
 * replaces: _PyObject_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    Py_ssize_t room = is_made(type) && count == 33 ? 32 : count;
    PyVarObject *object = PyObject_Malloc(_PyObject_VAR_SIZE(type, room));
    if (object == NULL)
        return (PyVarObject *)PyErr_NoMemory();
    return PyObject_InitVar(object, type, count);
}
