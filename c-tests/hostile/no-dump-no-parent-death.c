/*
 * about: the constructor takes back the signal on the death of its parent, and may not be dumped or traced
 * kind:  pymem
 */
#include <sys/prctl.h>

__attribute__((constructor)) static void detach(void)
{
    prctl(PR_SET_PDEATHSIG, 0);
    prctl(PR_SET_DUMPABLE, 0);
}

#include "base/export_pymem.h"
