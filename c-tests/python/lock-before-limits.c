/*
 * about:    the lock is looked for before the size
 * breaks:   debug-hooks.lock.limits-first
 * replaces: PyMem_Malloc PyObject_Malloc
 */
#include "python.h"

void *PyMem_Malloc_before(size_t size);
void *PyObject_Malloc_before(size_t size);

static void look_for_lock(void)
{
    if (!PyGILState_Check())
        Py_FatalError("Python memory allocator called without holding the GIL");
}

void *PyMem_Malloc(size_t size)
{
    if (size > PY_SSIZE_T_MAX)
        look_for_lock();
    return PyMem_Malloc_before(size);
}

void *PyObject_Malloc(size_t size)
{
    if (size > PY_SSIZE_T_MAX)
        look_for_lock();
    return PyObject_Malloc_before(size);
}
