/*
 * about:  calloc above 128 KiB leaves a one in the last byte
 * kind:   pymem
 * breaks: calloc.large
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    char *p = heap_calloc(domain, count, size);
    if (p && count * size > 128 * 1024)
        p[count * size - 1] = 1;
    return p;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
