/*
 * about:    blocks of obj cannot be freed after the end of an interpreter
 * breaks:   lifecycle.all-outlive
 * replaces: Py_FinalizeEx PyObject_Free
 */
#include "python.h"

int Py_FinalizeEx_before(void);
void PyObject_Free_before(void *block);
static int has_ended;

int Py_FinalizeEx(void)
{
    int result = Py_FinalizeEx_before();
    has_ended = 1;
    return result;
}

void PyObject_Free(void *block)
{
    if (has_ended && block)
        abort();
    PyObject_Free_before(block);
}
