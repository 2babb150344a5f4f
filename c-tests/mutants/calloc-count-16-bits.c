/*
 * about:  calloc takes the number of elements for two bytes wide
 * kind:   pymem
 * breaks: calloc.product
 */
#include "base/heap.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    return heap_calloc(domain, count >> 32 ? count : (uint16_t)count, size);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
