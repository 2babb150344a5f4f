/*
 * about:  a free of NULL is handed on below
 * kind:   pymem
 * breaks: debug-hooks.inner.null
 */
#define FREE_NULL(layer) (layer)->below.free((layer)->below.ctx, NULL)

#include "base/customizable.h"
