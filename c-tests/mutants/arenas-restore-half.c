/*
 * about:  arenas are asked for in the old place once the allocator from the beginning is back
 * kind:   pymem
 * breaks: arenas.restores
 */
static void *last_ctx, *(*last_alloc)(void *ctx, unsigned long size);

#define STORE_ARENAS(table) \
    (last_alloc = arena_allocator.alloc, last_ctx = arena_allocator.ctx, arena_allocator = *(table))
#define CALL_ALLOC(a, size) \
    (last_alloc && (a)->alloc == system_alloc ? last_alloc(last_ctx, size) : (a)->alloc((a)->ctx, size))

#include "base/arenas.h"
