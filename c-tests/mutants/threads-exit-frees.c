/*
 * about:  when a thread ends, the last small block that it made in raw is freed
 * kind:   pymem
 * breaks: threads.exit
 * dies:   a block that is freed twice leaves a list that leads nowhere
 */
#include "base/heap.h"

static pthread_key_t newest;

static void at_thread_exit(void *p)
{
    heap_free(RAW, p);
}

__attribute__((constructor)) static void make_key(void)
{
    pthread_key_create(&newest, at_thread_exit);
}

static void *remembering_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (p && domain == RAW && header_of(p)->total <= POOL_LARGEST)
        pthread_setspecific(newest, p);
    return p;
}
#define MALLOC remembering_malloc

static void forgetting_free(enum domain domain, void *p)
{
    if (p == pthread_getspecific(newest))
        pthread_setspecific(newest, NULL);
    heap_free(domain, p);
}
#define FREE forgetting_free

static void *forgetting_realloc(enum domain domain, void *p, size_t size)
{
    if (p == pthread_getspecific(newest))
        pthread_setspecific(newest, NULL);
    return heap_realloc(domain, p, size);
}
#define REALLOC forgetting_realloc

#include "base/export_pymem.h"
