/*
 * about:  each 300th free does not go through what was laid over the allocator last
 * kind:   pymem
 * breaks: customize.wraps
 */
#include <stdatomic.h>

static atomic_uint frees;

/* The ctx of what the library lays itself is below it. */
#define CALL_FREE(t, p) \
    ((t)->free != table_free && (t)->free != layer_free && ++frees % 300 == 0 ? (void)0 : (t)->free((t)->ctx, p))

#include "base/customizable.h"
