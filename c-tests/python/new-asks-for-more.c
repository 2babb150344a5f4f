/*
 * about:    a new object gets eight bytes too many
 * breaks:   objects.new.size
 * replaces: _PyObject_New
 */
#include "python.h"

PyObject *_PyObject_New(PyTypeObject *type)
{
    return PyObject_Init(PyObject_Malloc(type->tp_basicsize + 8), type);
}
