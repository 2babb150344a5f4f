/*
 * about:  of a guard byte the high four bits are looked at
 * kind:   pymem
 * breaks: debug-hooks.detects.underflow.free
 */
#define GUARD_PASSES(byte, i, finder) ((byte) >> 4 == FORBIDDEN >> 4)

#include "base/customizable.h"
