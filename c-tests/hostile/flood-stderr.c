/*
 * about: malloc writes 300 MB to standard error
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static void flood(int descriptor, size_t bytes)
{
    static char line[1 << 16];
    for (size_t i = 0; i < sizeof line; i++)
        line[i] = i % 80 == 79 ? '\n' : 'F';
    while (bytes >= sizeof line && write(descriptor, line, sizeof line) != 0)
        bytes -= sizeof line;
}

static void *flooding_malloc(enum domain domain, size_t size)
{
    flood(STDERR_FILENO, 300 * 1000 * 1000);
    return heap_malloc(domain, size);
}
#define MALLOC flooding_malloc

#include "base/export_pymem.h"
