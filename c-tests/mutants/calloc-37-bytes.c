/*
 * about:  calloc of 37 bytes leaves a one in the last
 * kind:   pymem
 * breaks: calloc.zeroed
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    char *p = heap_calloc(domain, count, size);
    if (p && count * size == 37)
        p[36] = 1;
    return p;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
