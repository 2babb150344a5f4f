/* Arenas of twice the size. */
#ifndef BROKEN_DOUBLED_ARENAS_H
#define BROKEN_DOUBLED_ARENAS_H

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

#endif
