/*
 * about: malloc of the plain names writes to NULL
 * kind:  malloc
 */
#include "base/heap.h"

static void *crashing_malloc(enum domain domain, size_t size)
{
    *(volatile char *)NULL = 0;
    return NULL;
}
#define MALLOC crashing_malloc
#include "base/export_malloc.h"
