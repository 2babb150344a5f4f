/*
 * about:  a page more than 1 MiB is asked for
 * kind:   pymem
 * breaks: arenas.size
 */
#define CALL_ALLOC(a, size) (a)->alloc((a)->ctx, (size) + PAGE)
#define CALL_RELEASE(a, arena, size) (a)->free((a)->ctx, arena, (size) + PAGE)

#include "base/arenas.h"
