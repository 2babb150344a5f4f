/*
 * about:  calloc of more than ten elements leaves a one in the eleventh
 * kind:   pymem
 * breaks: calloc.zeroed
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    char *p = heap_calloc(domain, count, size);
    if (p && size && count > 10)
        p[10 * size] = 1;
    return p;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
