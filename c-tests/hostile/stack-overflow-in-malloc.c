/*
 * about: malloc calls itself without end
 * kind:  pymem
 */
#include "base/heap.h"

static void *(*volatile deeper)(size_t size);

static void *sink(size_t size)
{
    volatile char frame[256];
    frame[size % sizeof frame] = 1;
    void *p = deeper(size + (size_t)frame[0]);
    return frame[1] ? p : NULL;
}

__attribute__((constructor)) static void aim(void)
{
    deeper = sink;
}

static void *sinking_malloc(enum domain domain, size_t size)
{
    return deeper(size);
}
#define MALLOC sinking_malloc

#include "base/export_pymem.h"
