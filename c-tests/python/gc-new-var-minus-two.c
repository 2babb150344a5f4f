/*
 * about:    less than minus one item is a MemoryError
 * breaks:   objects.gc-new-var.negative
 * replaces: _PyObject_GC_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_GC_NewVar_before(PyTypeObject *type, Py_ssize_t count);

PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    int is_fine = count >= -1 || count == PY_SSIZE_T_MIN;
    return is_fine ? _PyObject_GC_NewVar_before(type, count) : (PyVarObject *)PyErr_NoMemory();
}
