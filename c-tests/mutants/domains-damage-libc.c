/*
 * about:  malloc lowers the break, and with it the end of the C library's heap
 * kind:   pymem
 * breaks: domains.libc-beside
 * dies:   the C library finds its heap cut off
 */
#include "base/heap.h"

#include <unistd.h>

static bool lowered;

static void *bad_malloc(enum domain domain, size_t size)
{
    if (!lowered)
        lowered = sbrk(-128 * 1024) != (void *)-1;
    return heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
