/*
 * about:  what a block lost is marked when the allocator below has it back
 * kind:   pymem
 * breaks: realloc.neighbours
 */
#define AFTER_RESIZE(p, old, size) ((old) > (size) ? memset((p) + (size) + BEHIND, DEAD, (old) - (size)) : NULL)

#include "base/customizable.h"
