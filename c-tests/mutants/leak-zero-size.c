/*
 * about:  a block of no bytes is never used again, in raw
 * kind:   pymem
 * breaks: resources.small
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && (domain != RAW || header_of(p)->size))
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
