/*
 * about:  calloc(n, 0) returns NULL, calloc(0, n) does not
 * kind:   pymem
 * breaks: zero-size.calloc.non-null
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return count && !size ? NULL : heap_calloc(domain, count, size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
