/*
 * about:  the free of an arena allocator that is set is not taken over
 * kind:   pymem
 * breaks: arenas.round-trip
 */
#define STORE_ARENAS(table) (arena_allocator.ctx = (table)->ctx, arena_allocator.alloc = (table)->alloc)

#include "base/arenas.h"
