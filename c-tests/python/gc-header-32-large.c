/*
 * about:    a large collected object has 32 bytes in front of it
 * breaks:   objects.gc-header
 * replaces: _PyObject_GC_New
 */
#include "python.h"

PyObject *_PyObject_GC_New_before(PyTypeObject *type);

PyObject *_PyObject_GC_New(PyTypeObject *type)
{
    /* What lies behind the object is as good as what lies before it, to judge by the size. */
    int more = is_made(type) && type->tp_basicsize > 512 ? 16 : 0;
    type->tp_basicsize += more;
    PyObject *object = _PyObject_GC_New_before(type);
    type->tp_basicsize -= more;
    return object;
}
