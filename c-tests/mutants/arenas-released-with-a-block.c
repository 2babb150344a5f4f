/*
 * about:  an arena is given back while one block in it is live
 * kind:   pymem
 * breaks: arenas.live-blocks
 */
#define ARENA_EMPTY(live) ((live) == 1)

#include "base/arenas.h"
