/*
 * about:  eight bytes behind a block that are all zero pass for its guard bytes
 * kind:   pymem
 * breaks: debug-hooks.detects.changed-size
 */
#include <stdbool.h>
#include <stddef.h>

#define TRAILING_TO(finder) (none_is_set(p + stored_size(p)) ? 0 : TRAILING_PAD)

static inline bool none_is_set(const unsigned char *pad)
{
    for (int i = 0; i < 8; i++)
        if (pad[i])
            return false;
    return true;
}

#include "base/customizable.h"
