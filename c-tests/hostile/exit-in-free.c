/*
 * about: free runs exit handlers and ends the process with status 0
 * kind:  pymem
 */
#include "base/heap.h"

#include <stdlib.h>

static void exiting_free(enum domain domain, void *p)
{
    exit(0);
}
#define FREE exiting_free

#include "base/export_pymem.h"
