/*
 * about:    the system's pages are not zero where an arena begins
 * breaks:   arenas.default-from-system
 * replaces: _PyMem_ArenaAlloc
 */
#include "python.h"

void *_PyMem_ArenaAlloc_before(void *ctx, size_t size);

void *_PyMem_ArenaAlloc(void *ctx, size_t size)
{
    void *arena = _PyMem_ArenaAlloc_before(ctx, size);
    if (arena)
        memset(arena, 0xa5, size);
    return arena;
}
