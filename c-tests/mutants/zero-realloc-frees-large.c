/*
 * about:  realloc(p, 0) of a block above 128 KiB frees it and returns NULL
 * kind:   pymem
 * breaks: zero-size.realloc.keeps-block
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (!p || size || header_of(p)->size <= 128 * 1024)
        return heap_realloc(domain, p, size);
    heap_free(domain, p);
    return NULL;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
