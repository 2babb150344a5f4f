/*
 * about:  a free of NULL is not handed on
 * kind:   pymem
 * breaks: customize.argument.free
 */
#define CALL_FREE(t, p) ((p) ? (t)->free((t)->ctx, p) : (void)0)

#include "base/customizable.h"
