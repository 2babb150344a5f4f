/*
 * about:  freeing a block of no bytes frees it twice
 * kind:   pymem
 * breaks: zero-size.free
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && header_of(p)->size == 0)
        heap_free_twice(domain, p);
    else
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
