/*
 * about:  what is handed out is the struct below the layer, so that a hook over it takes the layer off
 * kind:   pymem
 * breaks: debug-hooks.setup.under-hook
 */
#define AFTER_GET(domain, out) \
    ((void)((out)->malloc == layer_malloc && (*(out) = ((struct layer *)(out)->ctx)->below, true)))

#include "base/customizable.h"
