/*
 * about:  realloc does not look at the last guard byte
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.realloc
 */
#define GUARD_PASSES(byte, i, finder) ((byte) == FORBIDDEN || ((finder) == BY_REALLOC && (i) == TRAILING_PAD - 1))

#include "base/customizable.h"
