/*
 * about:  a resize of NULL is handed on as a malloc
 * kind:   pymem
 * breaks: customize.arguments.realloc
 */
#define CALL_REALLOC(t, p, size) \
    ((p) ? (t)->realloc((t)->ctx, p, size) : (t)->malloc((t)->ctx, size))

#include "base/customizable.h"
