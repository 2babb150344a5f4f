/*
 * about:  a block that a resize brings above 128 KiB is aligned to 8
 * kind:   pymem
 * breaks: alignment.realloc
 */
#include "base/shift.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    bool becomes_large = p && header_of(p)->size <= 128 * 1024 && size > 128 * 1024;
    void *q = heap_realloc(domain, p, size);
    return q && becomes_large && room_of(q) >= size + 8 ? shift(q, 8) : q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
