/*
 * about:    a collected object has too little room for items of an odd size
 * breaks:   objects.gc-new
 * replaces: _PyObject_GC_NewVar
 */
#include "python.h"

PyVarObject *_PyObject_GC_NewVar_before(PyTypeObject *type, Py_ssize_t count);

PyVarObject *_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    if (!is_made(type) || type->tp_itemsize % 8 == 0)
        return _PyObject_GC_NewVar_before(type, count);
    PyVarObject *object = _PyObject_GC_NewVar_before(type, count / 2);
    if (object != NULL)
        Py_SET_SIZE(object, count);
    return object;
}
