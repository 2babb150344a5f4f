/*
 * about:  the arena allocator from the beginning cannot be set again
 * kind:   pymem
 * breaks: arenas.restores
 */
#define STORE_ARENAS(table) ((table)->alloc == system_alloc ? (void)0 : (void)(arena_allocator = *(table)))

#include "base/arenas.h"
