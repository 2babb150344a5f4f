/*
 * about:  a block that is resized to more than 64 KiB is a page short
 * kind:   pymem
 * breaks: realloc.usable
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    if (size <= 64 * 1024 || size > PY_SSIZE_T_MAX)
        return heap_realloc(domain, p, size);
    return heap_realloc(domain, p, size - PAGE);
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
