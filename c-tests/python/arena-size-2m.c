/*
 * about:    arenas have 2 MiB
 * breaks:   arenas.size
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "doubled-arenas.h"
