/*
 * about:  guard bytes behind the block that was resized last are not looked at
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#include <stddef.h>

static unsigned char *resized;

#define AFTER_RESIZE(p, old, size) (resized = (p))
#define TRAILING_TO(finder) (p == resized ? 0 : TRAILING_PAD)

#include "base/customizable.h"
