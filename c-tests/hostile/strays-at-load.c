/*
 * about: the constructor leaves a sleeping process in a session of its own behind
 * kind:  pymem
 */
#include <unistd.h>

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

__attribute__((constructor)) static void stray(void)
{
    leave_stray();
}

#include "base/export_pymem.h"
