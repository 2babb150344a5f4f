/*
 * about: malloc sends SIGKILL to its parent process
 * kind:  pymem
 */
#include "base/heap.h"

#include <signal.h>
#include <unistd.h>

static void *parricidal_malloc(enum domain domain, size_t size)
{
    /* Never process 1: an orphan would end the container that it runs in. */
    if (getppid() > 1)
        kill(getppid(), SIGKILL);
    return heap_malloc(domain, size);
}
#define MALLOC parricidal_malloc

#include "base/export_pymem.h"
