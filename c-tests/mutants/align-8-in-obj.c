/*
 * about:  object blocks of 17 to 32 bytes are aligned to 8
 * kind:   pymem
 * breaks: alignment.malloc
 */
#include "base/shift.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    bool odd = domain == OBJ && size > 16 && size <= 32;
    void *p = heap_malloc(domain, odd ? size + 8 : size);
    if (p && odd) {
        header_of(p)->size = size;
        p = shift(p, 8);
    }
    return p;
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
