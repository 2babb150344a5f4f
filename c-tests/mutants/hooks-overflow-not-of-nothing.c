/*
 * about:  the guard bytes behind a block of no bytes are not looked at
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#define TRAILING_TO(finder) (stored_size(p) ? TRAILING_PAD : 0)

#include "base/customizable.h"
