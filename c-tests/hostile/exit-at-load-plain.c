/*
 * about: the constructor of a plain malloc family ends the process with status 0
 * kind:  malloc
 */
#include <unistd.h>

__attribute__((constructor)) static void leave(void)
{
    _exit(0);
}

#include "base/export_malloc.h"
