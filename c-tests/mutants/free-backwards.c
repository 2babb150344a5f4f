/*
 * about:  the fourth block in a row that is freed just before its successor in memory is freed twice
 * kind:   pymem
 * breaks: free.any-order
 */
#include "base/heap.h"

static char *last;
static int in_a_row;

static void bad_free(enum domain domain, void *p)
{
    if (!p)
        return;
    char *start = header_of(p)->start;
    size_t total = header_of(p)->total;
    in_a_row = total <= POOL_LARGEST && start + total == last ? in_a_row + 1 : 0;
    last = start;
    if (in_a_row == 3)
        heap_free_twice(domain, p);
    else
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
