/*
 * about:    an arena goes back to the allocator that it came from
 * breaks:   arenas.released-by-current
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "arenas.h"

#define MOST 1024
static void *theirs[MOST];

/* The place of an arena that the installed allocator gave, or of NULL, which is an empty one. */
static void **place_of(void *arena)
{
    for (int i = 0; i < MOST; i++)
        if (theirs[i] == arena)
            return &theirs[i];
    return NULL;
}

static void *alloc_from(PyObjectArenaAllocator *installed, size_t size)
{
    void **place = place_of(NULL);
    void *arena = place ? installed->alloc(installed->ctx, size) : NULL;
    if (arena)
        *place = arena;
    return arena;
}

static void free_to(PyObjectArenaAllocator *installed, void *arena, size_t size)
{
    void **place = place_of(arena);
    if (!place)
        return first.free(first.ctx, arena, size);
    *place = NULL;
    installed->free(installed->ctx, arena, size);
}
