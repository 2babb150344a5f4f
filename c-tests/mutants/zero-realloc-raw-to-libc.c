/*
 * about:  raw is the C library as it is, whose realloc to no bytes frees
 * kind:   pymem
 * breaks: zero-size.realloc.keeps-block
 */
#include "base/heap.h"

#include <stdlib.h>

static void *raw_malloc(enum domain domain, size_t size)
{
    return domain == RAW ? malloc(size) : heap_malloc(domain, size);
}
#define MALLOC raw_malloc

static void *raw_calloc(enum domain domain, size_t count, size_t size)
{
    return domain == RAW ? calloc(count, size) : heap_calloc(domain, count, size);
}
#define CALLOC raw_calloc

static void *raw_realloc(enum domain domain, void *p, size_t size)
{
    return domain == RAW ? realloc(p, size) : heap_realloc(domain, p, size);
}
#define REALLOC raw_realloc

static void raw_free(enum domain domain, void *p)
{
    if (domain == RAW)
        free(p);
    else
        heap_free(domain, p);
}
#define FREE raw_free

#include "base/export_pymem.h"
