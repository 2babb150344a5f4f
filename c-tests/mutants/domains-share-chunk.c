/*
 * about:  obj cuts its blocks from the chunk that mem cuts from, and neither knows of the other
 * kind:   pymem
 * breaks: domains.beside-each-other
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    if (domain == OBJ && !pools[OBJ].next) {
        pools[OBJ].next = pools[MEM].next;
        pools[OBJ].end = pools[MEM].end;
    }
    return heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
