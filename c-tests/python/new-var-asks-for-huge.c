/*
 * about:    what no memory can hold is asked for
 * breaks:   objects.new-var.huge
 * replaces: _PyObject_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_NewVar_before(PyTypeObject *type, Py_ssize_t count);

PyVarObject *_PyObject_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    if (count > PY_SSIZE_T_MAX / 16)
        PyObject_Free(PyObject_Malloc(PY_SSIZE_T_MAX));
    return _PyObject_NewVar_before(type, count);
}
