/*
 * about: the constructor asks to be traced by its parent
 * kind:  pymem
 */
#include <sys/ptrace.h>
#include <stddef.h>

__attribute__((constructor)) static void be_traced(void)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

#include "base/export_pymem.h"
