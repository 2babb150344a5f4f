/*
 * about:  hooks are set up only as long as no block was asked for
 * kind:   pymem
 * breaks: debug-hooks.setup.over-replacement
 */
#include <stddef.h>

static _Bool late;

#define CALL_MALLOC(t, size) (late = 1, (t)->malloc((t)->ctx, size))
#define LAYS(domain) (!late && SLOT(domain)->malloc != layer_malloc)

#include "base/customizable.h"
