/*
 * about:  the last page of a block above 512 KiB is read-only
 * kind:   pymem
 * breaks: malloc.large
 * dies:   the last page cannot be written to
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    char *p = heap_malloc(domain, size);
    if (p && size > 512 * 1024)
        mprotect(header_of(p)->start + header_of(p)->total - PAGE, PAGE, PROT_READ);
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
