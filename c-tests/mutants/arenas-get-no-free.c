/*
 * about:  the arena allocator is handed out without its free
 * kind:   pymem
 * breaks: arenas.get
 */
#define AFTER_GET_ARENAS(out) ((out)->free = NULL)

#include "base/arenas.h"
