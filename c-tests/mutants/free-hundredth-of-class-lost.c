/*
 * about:  of a size class at most 100 free blocks are kept, and the others forgotten, in obj
 * kind:   pymem
 * breaks: resources.small
 */
#include "base/heap.h"

static unsigned unused[DOMAINS][POOL_CLASSES];

static void *counting_malloc(enum domain domain, size_t size)
{
    void *p = heap_malloc(domain, size);
    if (p && header_of(p)->total <= POOL_LARGEST) {
        unsigned *count = &unused[domain][pool_class(header_of(p)->total)];
        lock_domain(domain);
        *count -= *count > 0;
        unlock_domain(domain);
    }
    return p;
}
#define MALLOC counting_malloc

static void bad_free(enum domain domain, void *p)
{
    bool forgets = false;
    if (p && domain == OBJ && header_of(p)->total <= POOL_LARGEST) {
        unsigned *count = &unused[domain][pool_class(header_of(p)->total)];
        lock_domain(domain);
        forgets = *count >= 100;
        *count += !forgets;
        unlock_domain(domain);
    }
    if (!forgets)
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
