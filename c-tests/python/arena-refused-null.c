/*
 * about:    who asks for a block gets none if no arena is to be had
 * breaks:   arenas.refusal.served
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator PyMem_Malloc PyObject_Malloc
 */
#include "arenas.h"

void *PyMem_Malloc_before(size_t size);
void *PyObject_Malloc_before(size_t size);
static __thread int was_refused;

static void *alloc_from(PyObjectArenaAllocator *installed, size_t size)
{
    void *arena = installed->alloc(installed->ctx, size);
    was_refused = !arena;
    return arena;
}

static void free_to(PyObjectArenaAllocator *installed, void *arena, size_t size)
{
    installed->free(installed->ctx, arena, size);
}

void *PyMem_Malloc(size_t size)
{
    was_refused = 0;
    void *block = PyMem_Malloc_before(size);
    if (!was_refused)
        return block;
    PyMem_Free(block);
    return NULL;
}

void *PyObject_Malloc(size_t size)
{
    was_refused = 0;
    void *block = PyObject_Malloc_before(size);
    if (!was_refused)
        return block;
    PyObject_Free(block);
    return NULL;
}
