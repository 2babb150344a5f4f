/*
 * about:  a large block that another thread frees is never unmapped
 * kind:   pymem
 * breaks: threads.foreign-free
 */
#include "base/heap.h"

#define LARGEST 64

/* Whose the large blocks are. */
static struct {
    char *block;
    const char *thread;
} owned[LARGEST];
static _Thread_local char me;

static void *owning_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (!p || header_of(p)->total <= POOL_LARGEST)
        return p;
    lock_domain(domain);
    for (int i = 0; i < LARGEST; i++) {
        if (owned[i].block)
            continue;
        owned[i].block = p;
        owned[i].thread = &me;
        break;
    }
    unlock_domain(domain);
    return p;
}
#define MALLOC owning_malloc

static void bad_free(enum domain domain, void *p)
{
    bool is_foreign = false;
    if (p && header_of(p)->total > POOL_LARGEST) {
        lock_domain(domain);
        for (int i = 0; i < LARGEST; i++) {
            if (owned[i].block != p)
                continue;
            is_foreign = owned[i].thread != &me;
            owned[i].block = NULL;
            break;
        }
        unlock_domain(domain);
    }
    if (!is_foreign)
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
