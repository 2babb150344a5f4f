/*
 * about: the constructor blocks all signals and malloc then spins
 * kind:  pymem
 */
#include "base/endings.h"

#include <signal.h>

__attribute__((constructor)) static void mask(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
}

#define MALLOC(domain, size) (spin(), NULL)

#include "base/export_pymem.h"
