/*
 * about:  malloc has no block of 777 bytes
 * kind:   pymem
 * breaks: malloc.serves
 */
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    return size == 777 ? NULL : heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
