/*
 * about: malloc writes to NULL under a SIGSEGV handler that returns
 * kind:  pymem
 */
#include "base/endings.h"
#include "base/heap.h"

#include <signal.h>

static void carry_on(int number)
{
    (void)number;
}

__attribute__((constructor)) static void install(void)
{
    signal(SIGSEGV, carry_on);
}

static void *faulting_malloc(enum domain domain, size_t size)
{
    write_to_null();
}
#define MALLOC faulting_malloc

#include "base/export_pymem.h"
