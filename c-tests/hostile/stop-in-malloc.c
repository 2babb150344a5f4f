/*
 * about: malloc stops the process with SIGSTOP
 * kind:  pymem
 */
#include "base/heap.h"

#include <signal.h>

static void *stopping_malloc(enum domain domain, size_t size)
{
    raise(SIGSTOP);
    return heap_malloc(domain, size);
}
#define MALLOC stopping_malloc

#include "base/export_pymem.h"
