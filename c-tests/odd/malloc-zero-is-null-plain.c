/*
 * about: the plain names, malloc(0) returns NULL
 * kind:  malloc
 */
#include "base/heap.h"

static void *null_malloc(enum domain domain, size_t size)
{
    return size ? heap_malloc(domain, size) : NULL;
}
#define MALLOC null_malloc

#include "base/export_malloc.h"
