/*
 * about:  what is handed out is the arena allocator from the beginning, whatever was set since
 * kind:   pymem
 * breaks: arenas.round-trip
 */
#define AFTER_GET_ARENAS(out) (*(out) = (PyObjectArenaAllocator){NULL, system_alloc, system_free})

#include "base/arenas.h"
