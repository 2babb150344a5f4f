/*
 * about:  a table whose mem and obj put free blocks into one list
 * kind:   vtable
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
    if (domain != RAW && total <= POOL_LARGEST)
        HEAP_GIVE(domain == MEM ? OBJ : MEM, start, total);
}
#define FREE bad_free

#include "base/export_vtable.h"
