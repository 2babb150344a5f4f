/*
 * about:  a malloc of obj looks at the block of obj that was made before it
 * kind:   pymem
 * breaks: debug-hooks.quiet
 */
#include <stddef.h>

static unsigned char *newest;

#define FILL_FRESH(p, size) look_and_fill(layer, p, size)
#define FILL_FREED(p, size) forget_and_fill(p, size)
#define AFTER_RESIZE(p, old, size) (newest = NULL)

struct layer;
static void look_and_fill(const struct layer *layer, unsigned char *p, size_t size);
static void forget_and_fill(unsigned char *p, size_t size);

#include "base/customizable.h"

static void look_and_fill(const struct layer *layer, unsigned char *p, size_t size)
{
    memset(p, CLEAN, size);
    if (layer->domain != OBJ)
        return;
    if (newest)
        examine(layer, newest, BY_FREE);
    newest = p;
}

static void forget_and_fill(unsigned char *p, size_t size)
{
    if (p == newest)
        newest = NULL;
    memset(p - FRONT, DEAD, size + AROUND);
}
