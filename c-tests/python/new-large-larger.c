/*
 * about:    a new object of a large type gets eight bytes too many
 * breaks:   objects.new.size
 * replaces: _PyObject_New
 */
#include "python.h"

PyObject *_PyObject_New_before(PyTypeObject *type);

PyObject *_PyObject_New(PyTypeObject *type)
{
    if (!is_made(type) || type->tp_basicsize < 512)
        return _PyObject_New_before(type);
    return PyObject_Init(PyObject_Malloc(type->tp_basicsize + 8), type);
}
