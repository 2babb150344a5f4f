/*
 * about:  the arena that the system is to get back serves again as it is
 * kind:   pymem
 * breaks: arenas.default-from-system
 */
#include <stddef.h>

static void *take_arena(size_t size);
static void keep_arena(void *arena, size_t size);
#define SYSTEM_ALLOC(size) take_arena(size)
#define SYSTEM_FREE(arena, size) keep_arena(arena, size)

#include "base/arenas.h"

static struct kept {
    void *arena;
    size_t size;
} kept;

static void *take_arena(size_t size)
{
    if (size != kept.size)
        return map_pages(size);
    kept.size = 0;
    return kept.arena;
}

static void keep_arena(void *arena, size_t size)
{
    if (kept.size)
        munmap(kept.arena, kept.size);
    kept = (struct kept){arena, size};
}
