/*
 * about:  free does not look at the first guard byte
 * kind:   pymem
 * breaks: debug-hooks.detects.underflow.free
 */
#define LEADING_FROM(finder) ((finder) == BY_FREE ? 1 : 0)

#include "base/customizable.h"
