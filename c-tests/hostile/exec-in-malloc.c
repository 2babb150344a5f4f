/*
 * about: malloc replaces the process with another program
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static void *exec_malloc(enum domain domain, size_t size)
{
    execl("/bin/true", "true", (char *)NULL);
    return heap_malloc(domain, size);
}
#define MALLOC exec_malloc

#include "base/export_pymem.h"
