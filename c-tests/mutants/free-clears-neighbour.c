/*
 * about:  free clears the first byte of the block behind
 * kind:   pymem
 * breaks: free.neighbours
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && header_of(p)->total <= POOL_FINE)
        ((char *)p)[room_of(p) + sizeof(struct header)] = 0;
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
