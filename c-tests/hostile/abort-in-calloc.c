/*
 * about: calloc aborts
 * kind:  pymem
 */
#include "base/heap.h"

#include <stdlib.h>

static void *aborting_calloc(enum domain domain, size_t count, size_t size)
{
    abort();
}
#define CALLOC aborting_calloc

#include "base/export_pymem.h"
