/*
 * about:    a block of mem that nobody could have is refused with an exception
 * breaks:   limits.no-exception
 * replaces: PyMem_Malloc
 */
#include "python.h"

void *PyMem_Malloc_before(size_t size);

void *PyMem_Malloc(size_t size)
{
    if (size >= PY_SSIZE_T_MAX && PyThreadState_GetUnchecked())
        PyErr_NoMemory();
    return PyMem_Malloc_before(size);
}
