/*
 * about:  the 10000th request ends the process with status 0
 * kind:   pymem
 * breaks: robustness.survives
 */
#include "base/heap.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_uint requests;

static void *bad_malloc(enum domain domain, size_t size)
{
    if (++requests == 10000)
        _exit(0);
    return heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
