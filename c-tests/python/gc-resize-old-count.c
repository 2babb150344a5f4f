/*
 * about:    a resized object has its old number of items
 * breaks:   objects.gc-resize
 * replaces: _PyObject_GC_Resize
 */
#include "python.h"

PyVarObject *_PyObject_GC_Resize_before(PyVarObject *object, Py_ssize_t count);

PyVarObject *_PyObject_GC_Resize(PyVarObject *object, Py_ssize_t count)
{
    Py_ssize_t before = Py_SIZE(object);
    PyVarObject *resized = _PyObject_GC_Resize_before(object, count);
    if (resized != NULL && is_made(Py_TYPE(resized)))
        Py_SET_SIZE(resized, before);
    return resized;
}
