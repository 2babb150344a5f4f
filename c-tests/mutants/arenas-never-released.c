/*
 * about:  empty arenas are kept, each of them
 * kind:   pymem
 * breaks: arenas.released-when-empty
 */
#define ARENA_EMPTY(live) false

#include "base/arenas.h"
