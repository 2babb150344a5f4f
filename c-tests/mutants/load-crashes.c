/*
 * about:  the constructor aborts
 * kind:   pymem
 * breaks: robustness.load
 */
#include <stdlib.h>

__attribute__((constructor)) static void crash(void)
{
    abort();
}

#include "base/export_pymem.h"
