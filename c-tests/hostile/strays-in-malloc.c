/*
 * about: malloc leaves a sleeping process in a session of its own behind, eight times at most
 * kind:  pymem
 */
#include "base/heap.h"

#include <unistd.h>

static int strays;

/* A process that nobody waits for, in a session of its own. Sleeps, so that it does end some time. */
static void leave_stray(void)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() == 0)
        sleep(600);
    _exit(0);
}

static void *straying_malloc(enum domain domain, size_t size)
{
    if (strays++ < 8)
        leave_stray();
    return heap_malloc(domain, size);
}
#define MALLOC straying_malloc

#include "base/export_pymem.h"
