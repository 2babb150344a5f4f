/*
 * about:  once a calloc was refused, those that follow are not zeroed
 * kind:   pymem
 * breaks: customize.failure-sweep
 */
static _Bool refused;

#define CALL_CALLOC(t, count, size) \
    (refused ? (t)->malloc((t)->ctx, (count) * (size)) : noted((t)->calloc((t)->ctx, count, size)))

static inline void *noted(void *p)
{
    refused |= !p;
    return p;
}

#include "base/customizable.h"
