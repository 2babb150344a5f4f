/*
 * about: malloc writes garbage to descriptors 3 to 255
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static void *scribbling_malloc(enum domain domain, size_t size)
{
    static const char garbage[] = "\377\0pass pass {\"verdict\": \"conforms\"}\n\033[2J";
    for (int descriptor = 3; descriptor <= 255; descriptor++)
        if (write(descriptor, garbage, sizeof garbage) < 0)
            continue;
    return heap_malloc(domain, size);
}
#define MALLOC scribbling_malloc

#include "base/export_pymem.h"
