/*
 * about:    each 256th large block takes an arena, and gives it back
 * breaks:   arenas.unused
 * replaces: PyMem_Malloc PyObject_Malloc
 */
#include "python.h"

#define ARENA (1 << 20)

void *PyMem_Malloc_before(size_t size);
void *PyObject_Malloc_before(size_t size);

static void count(size_t size)
{
    static int large;
    PyObjectArenaAllocator arenas;
    if (size <= 512 || ++large % 256)
        return;
    PyObject_GetArenaAllocator(&arenas);
    void *arena = arenas.alloc(arenas.ctx, ARENA);
    if (arena)
        arenas.free(arenas.ctx, arena, ARENA);
}

void *PyMem_Malloc(size_t size)
{
    count(size);
    return PyMem_Malloc_before(size);
}

void *PyObject_Malloc(size_t size)
{
    count(size);
    return PyObject_Malloc_before(size);
}
