/*
 * about:  calloc aligns to 8 from 24 bytes on, malloc to 16
 * kind:   pymem
 * breaks: alignment.calloc
 */
#include "base/shift.h"

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product) || product < 24)
        return heap_calloc(domain, count, size);
    if (product > PY_SSIZE_T_MAX - 8)
        return NULL;
    char *p = heap_calloc(domain, 1, product + 8);
    if (!p)
        return NULL;
    header_of(p)->size = product;
    return shift(p, 8);
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
