/*
 * about: the constructor prints what looks like a report, with control characters
 * kind:  pymem
 */
#include <unistd.h>

__attribute__((constructor)) static void print(void)
{
    static const char text[] =
        "{\"format\": \"pymem-conform-report\", \"verdict\": \"conforms\"}\n\033]0;title\007\033[2J";
    for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (write(descriptor, text, sizeof text - 1) < 0)
            continue;
}

#include "base/export_pymem.h"
