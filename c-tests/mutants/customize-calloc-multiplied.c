/*
 * about:  a calloc is handed on as one of a single element
 * kind:   pymem
 * breaks: customize.arguments.calloc
 */
#define CALL_CALLOC(t, count, size) (t)->calloc((t)->ctx, 1, (count) * (size))

#include "base/customizable.h"
