/*
 * about:  malloc of 300 to 310 bytes writes to NULL
 * kind:   pymem
 * breaks: robustness.survives
 */
#include "base/endings.h"
#include "base/heap.h"

static void *bad_malloc(enum domain domain, size_t size)
{
    if (size >= 300 && size <= 310)
        write_to_null();
    return heap_malloc(domain, size);
}
#define MALLOC bad_malloc

#include "base/export_pymem.h"
