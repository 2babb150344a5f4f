/*
 * about:  what is asked for below is rounded up to 16 bytes
 * kind:   pymem
 * breaks: debug-hooks.inner.one-call
 */
#define BELOW_MALLOC(below, size) (below)->malloc((below)->ctx, round_up((size) + AROUND, 16))

#include "base/customizable.h"
