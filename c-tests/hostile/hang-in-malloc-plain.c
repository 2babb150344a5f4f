/*
 * about: malloc of the plain names spins for ever
 * kind:  malloc
 */
#include "base/endings.h"
#include "base/heap.h"

static void *spinning_malloc(enum domain domain, size_t size)
{
    spin();
}
#define MALLOC spinning_malloc

#include "base/export_malloc.h"
