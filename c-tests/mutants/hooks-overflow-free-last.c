/*
 * about:  free does not look at the last guard byte
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#define TRAILING_TO(finder) ((finder) == BY_FREE ? 7 : 8)

#include "base/customizable.h"
