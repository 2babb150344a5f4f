/*
 * about: malloc jumps to an address that is no code
 * kind:  pymem
 */
#include "base/heap.h"

static void *jumping_malloc(enum domain domain, size_t size)
{
    void *(*volatile nowhere)(size_t) = (void *(*)(size_t))0xdead000000;
    return nowhere(size);
}
#define MALLOC jumping_malloc

#include "base/export_pymem.h"
