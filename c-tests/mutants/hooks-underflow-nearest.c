/*
 * about:  free does not look at the guard byte right before the block
 * kind:   pymem
 * breaks: debug-hooks.detects.underflow.free
 */
#define GUARD_PASSES(byte, i, finder) ((byte) == FORBIDDEN || ((finder) == BY_FREE && (i) == -1))

#include "base/customizable.h"
