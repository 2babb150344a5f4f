/*
 * about: the constructor ignores SIGCHLD
 * kind:  pymem
 */
#include <signal.h>

__attribute__((constructor)) static void ignore_children(void)
{
    signal(SIGCHLD, SIG_IGN);
}

#include "base/export_pymem.h"
