/*
 * about: handlers of its own for SIGSEGV, which then dies of it, and for SIGPROF
 * kind:  pymem
 */
#include <signal.h>
#include <stddef.h>

static void die(int signal_number)
{
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void ignore(int signal_number)
{
    (void)signal_number;
}

__attribute__((constructor)) static void install(void)
{
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = die}, NULL);
    sigaction(SIGPROF, &(struct sigaction){.sa_handler = ignore, .sa_flags = SA_RESTART}, NULL);
}

#include "base/export_pymem.h"
