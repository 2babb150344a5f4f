/*
 * about: realloc writes to NULL
 * kind:  pymem
 */
#include "base/heap.h"

static void *crashing_realloc(enum domain domain, void *p, size_t size)
{
    *(volatile char *)NULL = 0;
    return NULL;
}
#define REALLOC crashing_realloc
#include "base/export_pymem.h"
