/*
 * about:    a block of the object domain is freed when the next one is
 * breaks:   objects.del
 * replaces: PyObject_Free
 */
#include "python.h"

void PyObject_Free_before(void *block);

void PyObject_Free(void *block)
{
    static void *waiting;
    PyObject_Free_before(waiting);
    waiting = block;
}
