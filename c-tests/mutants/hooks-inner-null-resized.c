/*
 * about:  a resize of NULL is one below
 * kind:   pymem
 * breaks: debug-hooks.inner.null
 */
#define RESIZE_NULL(layer, size) resized_null(layer, size)

#include <stddef.h>

struct layer;
static void *resized_null(struct layer *layer, size_t size);

#include "base/customizable.h"

static void *resized_null(struct layer *layer, size_t size)
{
    if (size > LARGEST)
        return NULL;
    unsigned char *start = layer->below.realloc(layer->below.ctx, NULL, size + AROUND);
    if (!start)
        return NULL;
    FILL_FRESH(start + FRONT, size);
    return frame(layer, start, size);
}
