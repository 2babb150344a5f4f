/*
 * about:  calloc does not zero a block that raw gives in place of an arena
 * kind:   pymem
 * breaks: arenas.refusal
 */
#include <string.h>

/* Raw gives what it has, not always zeroed pages. */
#define WITHOUT_ARENA(total) from_raw(total)
#define CALLOC dirty_calloc

#include "base/lock.h"

#include <stddef.h>

static _Thread_local bool refused;
static void *from_raw(size_t total);
static void *dirty_calloc(enum domain domain, size_t count, size_t size);

#include "base/arenas.h"

static void *from_raw(size_t total)
{
    void *block = PyMem_RawMalloc(total);
    refused = true;
    return block ? memset(block, 0x5a, total) : NULL;
}

static void *dirty_calloc(enum domain domain, size_t count, size_t size)
{
    refused = false;
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    void *p = heap_malloc(domain, product);
    return p && !refused ? memset(p, 0, product ? product : 1) : p;
}
