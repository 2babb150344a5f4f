/*
 * about:  arenas come from where they came from in the beginning, whatever is set
 * kind:   pymem
 * breaks: arenas.called
 */
#define CALL_ALLOC(a, size) system_alloc(NULL, size)
#define CALL_RELEASE(a, arena, size) system_free(NULL, arena, size)

#include "base/arenas.h"
