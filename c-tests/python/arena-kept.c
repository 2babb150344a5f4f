/*
 * about:    empty arenas are kept for later
 * breaks:   arenas.released-when-empty
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "arenas.h"

#define MOST 64
static struct { void *arena; size_t size; } kept[MOST];
/* Arenas from before the installed one are not kept. */
static int was_asked;

static void *alloc_from(PyObjectArenaAllocator *installed, size_t size)
{
    for (int i = 0; i < MOST; i++) {
        void *arena = kept[i].arena;
        if (arena && kept[i].size == size) {
            kept[i].arena = NULL;
            return arena;
        }
    }
    was_asked = 1;
    return installed->alloc(installed->ctx, size);
}

static void free_to(PyObjectArenaAllocator *installed, void *arena, size_t size)
{
    for (int i = 0; was_asked && i < MOST; i++) {
        if (!kept[i].arena) {
            kept[i].arena = arena;
            kept[i].size = size;
            return;
        }
    }
    installed->free(installed->ctx, arena, size);
}
