/*
 * about:  calloc takes the size of an element for two bytes wide
 * kind:   pymem
 * breaks: calloc.product
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return heap_calloc(domain, count, size >> 32 ? size : (uint16_t)size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
