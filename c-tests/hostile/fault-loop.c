/*
 * about: malloc writes to NULL under a SIGSEGV handler that returns
 * kind:  pymem
 */
#include <signal.h>

static void carry_on(int number)
{
    (void)number;
}

__attribute__((constructor)) static void install(void)
{
    signal(SIGSEGV, carry_on);
}

#include "base/heap.h"

static void *faulting_malloc(enum domain domain, size_t size)
{
    *(volatile char *)NULL = 0;
    return heap_malloc(domain, size);
}
#define MALLOC faulting_malloc
#include "base/export_pymem.h"
