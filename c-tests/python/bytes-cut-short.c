/*
 * about:    a bytes object of a long text lacks its end
 * breaks:   objects.bytes-of-buffer
 * replaces: PyBytes_FromString
 */
#include "python.h"

PyObject *PyBytes_FromString(const char *text)
{
    size_t length = strlen(text);
    return PyBytes_FromStringAndSize(text, length > 512 ? 512 : (Py_ssize_t)length);
}
