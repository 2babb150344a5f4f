/*
 * about:  a resize to the size that the block was resized to right before is not handed on
 * kind:   pymem
 * breaks: customize.arguments.realloc
 */
static _Thread_local struct {
    void *p;
    unsigned long size;
} last;

#define CALL_REALLOC(t, p, size)                       \
    ((p) && (p) == last.p && (size) == last.size ? (p) \
     : (last.p = (t)->realloc((t)->ctx, p, size), last.size = (size), last.p))
#define CALL_FREE(t, p) (last.p = NULL, (t)->free((t)->ctx, p))

#include "base/customizable.h"
