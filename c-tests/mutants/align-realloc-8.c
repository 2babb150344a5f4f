/*
 * about:  a resized block of 100 bytes or more is aligned to 8 when there is room to move it up
 * kind:   pymem
 * breaks: alignment.realloc
 */
#include "base/shift.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    char *q = heap_realloc(domain, p, size);
    if (q && p && size >= 100 && (size_t)q % 16 == 0 && room_of(q) >= size + 8)
        q = shift(q, 8);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
