/*
 * about:    after the end of an interpreter there is no new block of mem
 * breaks:   lifecycle.all-outlive
 * python:   3.11
 * replaces: Py_FinalizeEx PyMem_Malloc
 */
#include "python.h"

int Py_FinalizeEx_before(void);
void *PyMem_Malloc_before(size_t size);
static int has_ended;

int Py_FinalizeEx(void)
{
    int result = Py_FinalizeEx_before();
    has_ended = 1;
    return result;
}

void *PyMem_Malloc(size_t size)
{
    if (has_ended && !_PyThreadState_UncheckedGet())
        return NULL;
    return PyMem_Malloc_before(size);
}
