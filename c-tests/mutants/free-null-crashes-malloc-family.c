/*
 * about:  free of a prefixed family looks at the header of NULL
 * kind:   malloc
 * breaks: free.null
 * dies:   NULL is read
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    HEAP_GIVE(domain, header_of(p)->start, header_of(p)->total);
}
#define FREE bad_free
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
