/*
 * about:    nobody can exchange the arena allocator
 * breaks:   symbols.arenas
 * hides:    PyObject_SetArenaAllocator
 */
#include "python.h"
