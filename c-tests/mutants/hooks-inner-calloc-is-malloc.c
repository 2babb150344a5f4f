/*
 * about:  a calloc is a malloc below, and zeroed by the layer
 * kind:   pymem
 * breaks: debug-hooks.inner.calloc
 */
#define BELOW_CALLOC(below, size) zeroed(BELOW_MALLOC(below, size), (size) + AROUND)

#include <string.h>

static inline void *zeroed(void *p, size_t size)
{
    return p ? memset(p, 0, size) : NULL;
}

#include "base/customizable.h"
