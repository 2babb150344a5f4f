/*
 * about:    each tenth new object gets eight bytes too many
 * breaks:   objects.new.size
 * replaces: _PyObject_New
 */
#include "python.h"

PyObject *_PyObject_New_before(PyTypeObject *type);

PyObject *_PyObject_New(PyTypeObject *type)
{
    static int made;
    if (!is_made(type) || ++made % 10 != 0)
        return _PyObject_New_before(type);
    return PyObject_Init(PyObject_Malloc(type->tp_basicsize + 8), type);
}
