/*
 * about:  a block that another thread resizes loses its first byte
 * kind:   pymem
 * breaks: threads.hand-over
 */
#include "base/heap.h"

#include <unistd.h>

/* The thread that made a block stands above the count of its resizes. */
static size_t this_thread(void)
{
    return (size_t)gettid() << 32;
}

static bool is_foreign(void *p)
{
    return header_of(p)->resizes >> 32 != this_thread() >> 32;
}

static void *marking_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (p)
        header_of(p)->resizes = this_thread();
    return p;
}
#define MALLOC marking_malloc

static void *marking_calloc(enum domain domain, size_t count, size_t size)
{
    void *p = heap_calloc(domain, count, size);
    if (p)
        header_of(p)->resizes = this_thread();
    return p;
}
#define CALLOC marking_calloc

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p)
        return marking_malloc(domain, size);
    bool foreign = is_foreign(p);
    char *q = heap_realloc(domain, p, size);
    if (q && size && foreign)
        q[0] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
