/*
 * about:  the end of a block that moved stays as it was
 * kind:   pymem
 * breaks: debug-hooks.dead.moved
 */
#define FILL_ENDS(p, size, first, last) memset((p) - FRONT, DEAD, FRONT + ((size) > 128 ? (first) : 0))

#include "base/customizable.h"
