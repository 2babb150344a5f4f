/*
 * about:    an installed arena allocator is asked for one arena, and then no more
 * breaks:   arenas.called
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "arenas.h"

static int has_given;

static void *alloc_from(PyObjectArenaAllocator *installed, size_t size)
{
    if (has_given)
        return first.alloc(first.ctx, size);
    void *arena = installed->alloc(installed->ctx, size);
    has_given = arena != NULL;
    return arena;
}

static void free_to(PyObjectArenaAllocator *installed, void *arena, size_t size)
{
    installed->free(installed->ctx, arena, size);
}
