/*
 * about: the constructor writes garbage to descriptors 3 to 255
 * kind:  pymem
 */
#include <unistd.h>

__attribute__((constructor)) static void scribble(void)
{
    static const char garbage[] = "\377\0pass pass {\"verdict\": \"conforms\"}\n\033[2J";
    for (int descriptor = 3; descriptor <= 255; descriptor++)
        if (write(descriptor, garbage, sizeof garbage) < 0)
            continue;
}

#include "base/export_pymem.h"
