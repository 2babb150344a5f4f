/*
 * about:  malloc refuses each tenth request
 * kind:   pymem
 * breaks: malloc.serves
 */
#include "base/heap.h"

#include <stdatomic.h>

static atomic_uint requests;

static void *bad_malloc(enum domain domain, size_t size)
{
    return ++requests % 10 == 0 ? NULL : heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
