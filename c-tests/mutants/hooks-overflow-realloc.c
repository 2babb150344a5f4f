/*
 * about:  realloc does not look behind the block
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.realloc
 */
#define TRAILING_TO(finder) ((finder) == BY_REALLOC ? 0 : 8)

#include "base/customizable.h"
