/*
 * about:    the second time that NULL is initialised sets no exception
 * breaks:   objects.init.null
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    static int refused;
    return object == NULL && ++refused % 2 == 0 ? NULL : PyObject_Init_before(object, type);
}
