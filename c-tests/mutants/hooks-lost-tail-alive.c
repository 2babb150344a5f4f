/*
 * about:  what a block loses by a resize stays as it was
 * kind:   pymem
 * breaks: debug-hooks.dead.realloc
 */
#define FILL_ENDS(p, size, first, last) memset((p) - FRONT, DEAD, FRONT + (first) / 2)

#include "base/customizable.h"
