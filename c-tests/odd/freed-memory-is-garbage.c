/*
 * about: free overwrites the whole block
 * kind:  pymem
 */
#include "base/heap.h"

static void erasing_free(enum domain domain, void *p)
{
    if (p)
        memset(p, 0xDD, room_of(p));
    heap_free(domain, p);
}
#define FREE erasing_free

#include "base/export_pymem.h"
