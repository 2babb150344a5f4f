/*
 * about:  each fourth block that is freed is lost, in mem
 * kind:   pymem
 * breaks: resources.small
 */
#include "base/heap.h"

#include <stdatomic.h>

static atomic_uint frees;

static void bad_free(enum domain domain, void *p)
{
    if (p && (domain != MEM || ++frees % 4))
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
