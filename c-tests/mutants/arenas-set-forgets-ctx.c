/*
 * about:  an arena allocator is set without its ctx
 * kind:   pymem
 * breaks: arenas.round-trip
 */
#define STORE_ARENAS(table) (arena_allocator = (PyObjectArenaAllocator){NULL, (table)->alloc, (table)->free})

#include "base/arenas.h"
