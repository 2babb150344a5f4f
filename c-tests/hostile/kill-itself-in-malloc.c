/*
 * about: malloc sends SIGKILL to its own process
 * kind:  pymem
 */
#include "base/heap.h"

#include <signal.h>
#include <unistd.h>

static void *suicidal_malloc(enum domain domain, size_t size)
{
    kill(getpid(), SIGKILL);
    return NULL;
}
#define MALLOC suicidal_malloc

#include "base/export_pymem.h"
