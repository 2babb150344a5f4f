/*
 * about: the constructor blocks and ignores all signals, and malloc aborts
 * kind:  pymem
 */
#include <signal.h>
#include <stdlib.h>

__attribute__((constructor)) static void mask(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
}

#define MALLOC(domain, size) (abort(), NULL)

#include "base/export_pymem.h"
