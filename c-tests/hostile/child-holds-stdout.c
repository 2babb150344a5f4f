/*
 * about: malloc forks a child that sleeps with all descriptors open
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static bool forked;

static void *forking_malloc(enum domain domain, size_t size)
{
    if (!forked && fork() == 0) {
        sleep(600);
        _exit(0);
    }
    forked = true;
    return heap_malloc(domain, size);
}
#define MALLOC forking_malloc

#include "base/export_pymem.h"
