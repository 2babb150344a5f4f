/*
 * about:  realloc(NULL, 0) returns NULL
 * kind:   pymem
 * breaks: zero-size.realloc.null
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return p || size ? heap_realloc(domain, p, size) : NULL;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
