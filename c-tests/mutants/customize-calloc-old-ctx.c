/*
 * about:  the calloc of an installed struct gets the ctx of the struct from the beginning
 * kind:   pymem
 * breaks: customize.ctx
 */
#define CALL_CALLOC(t, count, size) (t)->calloc((t)->calloc == layer_calloc ? (t)->ctx : &contexts[(t) - slots], count, size)

#include "base/customizable.h"
