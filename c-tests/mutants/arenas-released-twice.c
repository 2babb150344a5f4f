/*
 * about:  an empty arena is given back twice
 * kind:   pymem
 * breaks: arenas.released
 */
#define CALL_RELEASE(a, arena, size)                                                  \
    ((a)->free((a)->ctx, arena, size), (a)->free == system_free ? (void)0             \
                                                                : (a)->free((a)->ctx, arena, size))

#include "base/arenas.h"
