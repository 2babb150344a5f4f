/*
 * about:  an arena is given back with the size that its blocks can take
 * kind:   pymem
 * breaks: arenas.released
 */
#define CALL_RELEASE(a, arena, size) (a)->free((a)->ctx, arena, (size) - sizeof(struct arena))

#include "base/arenas.h"
