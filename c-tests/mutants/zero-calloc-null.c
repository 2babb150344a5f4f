/*
 * about:  calloc returns NULL if either factor is zero
 * kind:   pymem
 * breaks: zero-size.calloc.non-null
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return count && size ? heap_calloc(domain, count, size) : NULL;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
