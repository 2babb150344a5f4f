/*
 * about:  realloc does not look at the guard bytes before the block
 * kind:   pymem
 * breaks: debug-hooks.detects.underflow.realloc
 */
#define LEADING_FROM(finder) ((finder) == BY_REALLOC ? 7 : 0)

#include "base/customizable.h"
