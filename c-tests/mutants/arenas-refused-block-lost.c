/*
 * about:  a block that raw gives in place of an arena is asked for twice
 * kind:   pymem
 * breaks: arenas.failure-sweep
 */
#define WITHOUT_ARENA(total) (PyMem_RawMalloc(total), PyMem_RawMalloc(total))

#include "base/arenas.h"
