/*
 * about:  free looks at the header of NULL
 * kind:   pymem
 * breaks: free.null
 * dies:   NULL is read
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (header_of(p)->start)
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
