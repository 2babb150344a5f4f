/* What the questions on exchanged allocators and on debug hooks share. */
#ifndef PROBE_EXCHANGE_H
#define PROBE_EXCHANGE_H

#include "probe/probe.h"

/* The last call that arrived at the hook, and how many there were. */
extern struct seen {
    unsigned calls;
    bool refuses; /* requests are noted and refused */
    char function; /* m, c, r or f */
    void *ctx, *block;
    size_t size, second;
} seen;

/* The number of a domain in the API. */
static inline int number_of(const struct table *t)
{
    return (int)(t - domains);
}

/* The struct that the library hands out. */
struct table current(const struct table *t);

/* Over one domain at a time. */
void lay_hook(const struct table *t);
void take_hook_off(const struct table *t);

#endif
