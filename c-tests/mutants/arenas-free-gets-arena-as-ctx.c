/*
 * about:  arenas are given back with their address in place of ctx
 * kind:   pymem
 * breaks: arenas.ctx
 */
#define CALL_RELEASE(a, arena, size) (a)->free(arena, arena, size)

#include "base/arenas.h"
