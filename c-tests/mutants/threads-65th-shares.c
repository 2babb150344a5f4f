/*
 * about:  the 65th thread and the first share a cache, and no lock
 * kind:   pymem
 * breaks: threads.concurrent
 * dies:   two threads that took the same block leave a list that leads nowhere
 */
#include "base/heap.h"

#include <stdatomic.h>
#include <unistd.h>

/* Each thread keeps one block of 64 bytes or less to serve the next request; there are 64 such places. */
enum { PLACES = 64, KEPT = 64 + sizeof(struct header) };

static atomic_uint threads;
static void *volatile places[PLACES];

static void *volatile *place_of_thread(void)
{
    static _Thread_local unsigned number;
    if (!number)
        number = ++threads;
    return &places[number % PLACES];
}

static void *caching_malloc(enum domain domain, size_t size)
{
    void *volatile *at = place_of_thread();
    void *p = *at;
    if (domain != RAW || size > 64 || size < 49 || !p)
        return heap_malloc(domain, size);
    usleep(1);
    *at = NULL;
    return place(header_of(p)->start, header_of(p)->total, sizeof(struct header), size);
}
#define MALLOC caching_malloc

static void caching_free(enum domain domain, void *p)
{
    void *volatile *at = place_of_thread();
    if (!p || domain != RAW || header_of(p)->total != KEPT || *at)
        heap_free(domain, p);
    else
        *at = p;
}
#define FREE caching_free

#include "base/export_pymem.h"
