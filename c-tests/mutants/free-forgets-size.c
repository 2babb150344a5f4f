/*
 * about:  a freed block of 65 to 80 bytes serves for 96
 * kind:   pymem
 * breaks: free.reuse
 * dies:   the end of a block is the list of free blocks
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && header_of(p)->total == sizeof(struct header) + 80)
        header_of(p)->total += 16;
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
