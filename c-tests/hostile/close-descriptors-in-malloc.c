/*
 * about: malloc closes descriptors 3 to 1023
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static void *closing_malloc(enum domain domain, size_t size)
{
    for (int descriptor = 3; descriptor <= 1023; descriptor++)
        close(descriptor);
    return heap_malloc(domain, size);
}
#define MALLOC closing_malloc

#include "base/export_pymem.h"
