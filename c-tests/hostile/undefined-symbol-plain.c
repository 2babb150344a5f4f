/*
 * about: malloc of the plain names calls a function that is nowhere
 * kind:  malloc
 */
#include "base/heap.h"

void *function_that_is_nowhere(size_t size);

static void *lost_malloc(enum domain domain, size_t size)
{
    return function_that_is_nowhere(size);
}
#define MALLOC lost_malloc

#include "base/export_malloc.h"
