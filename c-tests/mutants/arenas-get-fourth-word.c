/*
 * about:  a word behind the arena allocator that is handed out is cleared
 * kind:   pymem
 * breaks: arenas.get
 */
#define AFTER_GET_ARENAS(out) (*(void *volatile *)((out) + 1) = NULL)

#include "base/arenas.h"
