/*
 * about:  a block that is freed just after the one before it in memory is merged with it, and with the next
 * kind:   pymem
 * breaks: free.any-order
 */
#include "base/heap.h"

static char *last_end;

static void bad_free(enum domain domain, void *p)
{
    if (!p)
        return;
    char *start = header_of(p)->start;
    size_t total = header_of(p)->total;
    bool merge = start == last_end && total <= POOL_FINE / 2;
    last_end = start + total;
    HEAP_GIVE(domain, start, merge ? 2 * total : total);
}
#define FREE bad_free

#include "base/export_pymem.h"
