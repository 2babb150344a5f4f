/*
 * about:  a malloc of 48 bytes does not go through what was laid over the allocator last
 * kind:   pymem
 * breaks: customize.wraps
 */
#define CALL_MALLOC(t, size) own_malloc(t, size)

static void *own_malloc(const void *t, unsigned long size);

#include "base/customizable.h"

/* The newest layer of the debug hooks is as far up as the library's own functions reach. */
static void *own_malloc(const void *t, unsigned long size)
{
    enum domain domain = (enum domain)((const PyMemAllocatorEx *)t - slots);
    if (size != 48)
        return slots[domain].malloc(slots[domain].ctx, size);
    for (int i = layer_count - 1; i >= 0; i--)
        if (layers[i].domain == domain)
            return layer_malloc(&layers[i], size);
    return table_malloc(&contexts[domain], size);
}
