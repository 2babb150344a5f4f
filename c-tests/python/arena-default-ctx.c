/*
 * about:    the arena allocator from the beginning has a ctx
 * breaks:   arenas.default-ctx
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "python.h"

void PyObject_GetArenaAllocator_before(PyObjectArenaAllocator *allocator);
void PyObject_SetArenaAllocator_before(PyObjectArenaAllocator *allocator);
static int was_exchanged;

void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    static char something;
    PyObject_GetArenaAllocator_before(allocator);
    if (!was_exchanged)
        allocator->ctx = &something;
}

void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    was_exchanged = 1;
    PyObject_SetArenaAllocator_before(allocator);
}
