/*
 * about:  a request of up to 16 bytes that the installed malloc refuses is served all the same
 * kind:   pymem
 * breaks: customize.failure
 */
#include <stddef.h>

#define CALL_MALLOC(t, size) or_spare((t)->malloc((t)->ctx, size), size)

static inline void *or_spare(void *p, size_t size)
{
    static char spare[64][16] __attribute__((aligned(16)));
    static unsigned next;
    return p || size > 16 ? p : spare[next++ % 64];
}

#include "base/customizable.h"
