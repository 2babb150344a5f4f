/*
 * about:  the last block of an arena ends behind it
 * kind:   pymem
 * breaks: arenas.live-blocks
 */
#define ARENA_USED (ARENA + 512)

#include "base/arenas.h"
