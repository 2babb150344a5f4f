/*
 * about:  the live blocks of an arena are counted in a byte
 * kind:   pymem
 * breaks: arenas.live-blocks
 */
#define ARENA_EMPTY(live) ((unsigned char)(live) == 0)

#include "base/arenas.h"
