/*
 * about: malloc raises SIGTERM
 * kind:  pymem
 */
#include "base/heap.h"

#include <signal.h>

static void *terminating_malloc(enum domain domain, size_t size)
{
    raise(SIGTERM);
    return heap_malloc(domain, size);
}
#define MALLOC terminating_malloc

#include "base/export_pymem.h"
