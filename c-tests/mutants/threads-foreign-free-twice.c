/*
 * about:  a small block that another thread frees is freed twice
 * kind:   pymem
 * breaks: threads.foreign-free
 * dies:   a block that is freed twice leaves a list that leads nowhere
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

static void *marking_realloc(enum domain domain, void *p, size_t size)
{
    return p ? heap_realloc(domain, p, size) : marking_malloc(domain, size);
}
#define REALLOC marking_realloc

static void bad_free(enum domain domain, void *p)
{
    if (p && is_foreign(p) && header_of(p)->total <= POOL_LARGEST)
        heap_free_twice(domain, p);
    else
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
