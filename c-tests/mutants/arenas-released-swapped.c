/*
 * about:  the address and the size of an arena that is given back are swapped
 * kind:   pymem
 * breaks: arenas.released
 */
#define CALL_RELEASE(a, arena, size)                             \
    ((a)->free == system_free ? (a)->free((a)->ctx, arena, size) \
                              : (a)->free((a)->ctx, (void *)(size_t)(size), (size_t)(arena)))

#include "base/arenas.h"
