/*
 * about:  arenas are asked for with NULL in place of ctx
 * kind:   pymem
 * breaks: arenas.ctx
 */
#define CALL_ALLOC(a, size) (a)->alloc(NULL, size)

#include "base/arenas.h"
