/*
 * about:  the constructor ends the process with status 1
 * kind:   pymem
 * breaks: robustness.load
 */
#include <unistd.h>

__attribute__((constructor)) static void leave(void)
{
    _exit(1);
}

#include "base/export_pymem.h"
