/*
 * about: each malloc touches 256 MiB more and keeps it
 * kind:  pymem
 */
#include "base/heap.h"

static void *eating_malloc(enum domain domain, size_t size)
{
    size_t length = (size_t)256 << 20;
    char *pages = map_pages(length);
    for (size_t at = 0; pages && at < length; at += PAGE)
        pages[at] = 1;
    return heap_malloc(domain, size);
}
#define MALLOC eating_malloc

#include "base/export_pymem.h"
