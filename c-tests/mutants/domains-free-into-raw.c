/*
 * about:  a block that PyObject_Free gets serves in obj and in raw
 * kind:   pymem
 * breaks: domains.beside-each-other
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (!p)
        return;
    char *start = header_of(p)->start;
    size_t total = header_of(p)->total;
    HEAP_GIVE(domain, start, total);
    if (domain == OBJ && total <= POOL_LARGEST)
        HEAP_GIVE(RAW, start, total);
}
#define FREE bad_free

#include "base/export_pymem.h"
