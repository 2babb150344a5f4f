/*
 * about:  guard bytes behind the block that calloc made last are not looked at
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#include <stddef.h>

/* The block that calloc made last. */
static unsigned char *zeroed;

#define BELOW_CALLOC(below, size) (zeroed = (below)->calloc((below)->ctx, 1, (size) + AROUND))
#define TRAILING_TO(finder) (zeroed && p == zeroed + FRONT ? 0 : TRAILING_PAD)

#include "base/customizable.h"
