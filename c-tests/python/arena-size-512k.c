/*
 * about:    arenas have 512 KiB
 * breaks:   arenas.size-before
 * python:   3.9
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "arenas.h"

#define LEAST (64 << 10)

/* Only arenas: from 3.11 on the stacks of threads come from here, too. */
static size_t doubled(size_t size)
{
    return size < LEAST ? size : 2 * size;
}

static void *alloc_from(PyObjectArenaAllocator *installed, size_t size)
{
    return installed->alloc(installed->ctx, doubled(size));
}

static void free_to(PyObjectArenaAllocator *installed, void *arena, size_t size)
{
    installed->free(installed->ctx, arena, doubled(size));
}
