/*
 * about: malloc of the plain names writes to NULL
 * kind:  malloc
 */
#include "base/endings.h"
#include "base/heap.h"

static void *crashing_malloc(enum domain domain, size_t size)
{
    write_to_null();
}
#define MALLOC crashing_malloc

#include "base/export_malloc.h"
