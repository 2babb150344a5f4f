/*
 * about: the constructor ends the process with status 0
 * kind:  pymem
 */
#include <unistd.h>

__attribute__((constructor)) static void leave(void)
{
    _exit(0);
}

#include "base/export_pymem.h"
