/*
 * about: the constructor sets every resource limit to 0
 * kind:  pymem
 */
#include <sys/resource.h>

__attribute__((constructor)) static void set_limits(void)
{
    for (int resource = 0; resource < RLIM_NLIMITS; resource++)
        setrlimit(resource, &(struct rlimit){0, 0});
}

#include "base/export_pymem.h"
