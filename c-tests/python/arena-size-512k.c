/*
 * about:    arenas have 512 KiB
 * breaks:   arenas.size-before
 * python:   3.9
 * replaces: PyObject_GetArenaAllocator PyObject_SetArenaAllocator
 */
#include "doubled-arenas.h"
