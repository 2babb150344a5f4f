/*
 * about: the constructor closes descriptors 3 to 1023
 * kind:  pymem
 */
#include <unistd.h>

__attribute__((constructor)) static void close_all(void)
{
    for (int descriptor = 3; descriptor <= 1023; descriptor++)
        close(descriptor);
}

#include "base/export_pymem.h"
