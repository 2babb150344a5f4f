/*
 * about:  an arena is given back by the address of its first block
 * kind:   pymem
 * breaks: arenas.released
 */
#define CALL_RELEASE(a, arena, size) (a)->free((a)->ctx, (arena) + 1, size)

#include "base/arenas.h"
