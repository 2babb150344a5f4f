/*
 * about:    a large object that grows loses an item
 * breaks:   objects.gc-resize
 * replaces: _PyObject_GC_Resize
 */
#include "python.h"

PyVarObject *_PyObject_GC_Resize_before(PyVarObject *object, Py_ssize_t count);

PyVarObject *_PyObject_GC_Resize(PyVarObject *object, Py_ssize_t count)
{
    Py_ssize_t before = Py_SIZE(object);
    PyVarObject *resized = _PyObject_GC_Resize_before(object, count);
    PyTypeObject *type = resized == NULL ? NULL : Py_TYPE(resized);
    if (type != NULL && is_made(type) && before > 512 && count > before)
        memset((char *)resized + type->tp_basicsize + (before - 1) * type->tp_itemsize, 0xEE, type->tp_itemsize);
    return resized;
}
