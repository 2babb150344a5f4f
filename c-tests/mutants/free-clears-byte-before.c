/*
 * about:  free clears the byte before the block, which may be another one's last
 * kind:   pymem
 * breaks: free.neighbours
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (p && (size_t)header_of(p)->start % PAGE)
        header_of(p)->start[-1] = 0;
    heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
