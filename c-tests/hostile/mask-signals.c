/*
 * about: the constructor blocks all signals and malloc then spins
 * kind:  pymem
 */
#include <signal.h>
#include <stddef.h>

__attribute__((constructor)) static void mask(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
}

#include "base/hang.h"

#define MALLOC(domain, size) (spin(), NULL)
#include "base/export_pymem.h"
