/*
 * about:  a block is freed twice where both its neighbours in memory were freed right before
 * kind:   pymem
 * breaks: free.any-order
 */
#include "base/heap.h"

static char *last[2];
static size_t last_total;

static void bad_free(enum domain domain, void *p)
{
    if (!p)
        return;
    char *start = header_of(p)->start;
    size_t total = header_of(p)->total;
    char *before = start - total, *behind = start + total;
    bool between = total == last_total && total <= POOL_FINE
                   && ((last[0] == before && last[1] == behind) || (last[0] == behind && last[1] == before));
    last[1] = last_total == total ? last[0] : NULL;
    last[0] = start;
    last_total = total;
    if (between)
        heap_free_twice(domain, p);
    else
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
