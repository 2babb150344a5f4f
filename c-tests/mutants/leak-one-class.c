/*
 * about:  blocks of 97 to 192 bytes are never used again, in raw
 * kind:   pymem
 * breaks: resources.small
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && domain == RAW && header_of(p)->size > 96 && header_of(p)->size <= 192)
        return;
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
