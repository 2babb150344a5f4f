/*
 * about:    initialising NULL sets no exception
 * breaks:   objects.init.null
 * replaces: PyObject_Init
 */
#include "python.h"

PyObject *PyObject_Init_before(PyObject *object, PyTypeObject *type);

PyObject *PyObject_Init(PyObject *object, PyTypeObject *type)
{
    return object == NULL ? NULL : PyObject_Init_before(object, type);
}
