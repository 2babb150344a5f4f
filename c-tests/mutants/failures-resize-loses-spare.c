/*
 * about:  a resize that was refused leaves behind the block it was to go to
 * kind:   pymem
 * breaks: customize.failure-sweep
 */
#define CALL_REALLOC(t, p, size) ((t)->realloc((t)->ctx, p, size) ?: ((t)->malloc((t)->ctx, size), NULL))

#include "base/customizable.h"
