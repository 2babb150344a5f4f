/*
 * about:  a calloc asks below for as many elements of one byte as there are bytes
 * kind:   pymem
 * breaks: debug-hooks.inner.calloc
 */
#define BELOW_CALLOC(below, size) (below)->calloc((below)->ctx, (size) + AROUND, 1)

#include "base/customizable.h"
