/*
 * about:    a negative number of items is a MemoryError
 * breaks:   objects.gc-new-var.negative
 * replaces: _PyObject_GC_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_GC_NewVar_before(PyTypeObject *type, Py_ssize_t count);

PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    return count < 0 ? (PyVarObject *)PyErr_NoMemory() : _PyObject_GC_NewVar_before(type, count);
}
