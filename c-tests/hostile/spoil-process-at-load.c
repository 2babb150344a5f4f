/*
 * about: the constructor changes directory and umask, closes the standard descriptors and empties the environment
 * kind:  pymem
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((constructor)) static void spoil(void)
{
    if (chdir("/") != 0)
        return;
    umask(0777);
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        close(descriptor);
    clearenv();
}

#include "base/export_pymem.h"
