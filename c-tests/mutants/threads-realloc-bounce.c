/*
 * about:  realloc moves blocks of raw by way of a buffer that all threads share
 * kind:   pymem
 * breaks: threads.concurrent
 */
#include "base/heap.h"

#include <sched.h>

static char bounce[4096];

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    size_t old = p ? header_of(p)->size : 0;
    if (!p || domain != RAW || size <= room_of(p) || size > sizeof bounce)
        return heap_realloc(domain, p, size);
    memcpy(bounce, p, old);
    sched_yield();
    void *q = heap_malloc(domain, size);
    if (!q)
        return NULL;
    memcpy(q, bounce, old);
    heap_free(domain, p);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
