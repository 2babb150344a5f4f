/*
 * about:  an arena begins 64 bytes after a page does
 * kind:   pymem
 * breaks: arenas.default-from-system
 */
#include <stddef.h>

static void *take_arena(size_t size);
#define SYSTEM_ALLOC(size) take_arena(size)
#define SYSTEM_FREE(arena, size) munmap((char *)(arena) - 64, (size) + PAGE)

#include "base/arenas.h"

static void *take_arena(size_t size)
{
    char *pages = map_pages(size + PAGE);
    return pages ? pages + 64 : NULL;
}
