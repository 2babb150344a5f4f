/*
 * about:  only the first resize that is refused below the hooks leaves the bytes before the block
 * kind:   pymem
 * breaks: debug-hooks.failure-sweep
 * dies:   the hooks find the bytes before the block gone
 */
static int refusals;

#define RESTORE(start, front) (refusals++ ? (void *)0 : memcpy(start, front, FRONT))

#include "base/customizable.h"
