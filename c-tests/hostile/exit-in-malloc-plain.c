/*
 * about: malloc of the plain names ends the process with status 0
 * kind:  malloc
 */
#include "base/heap.h"

#include <unistd.h>

static void *exiting_malloc(enum domain domain, size_t size)
{
    _exit(0);
}
#define MALLOC exiting_malloc

#include "base/export_malloc.h"
