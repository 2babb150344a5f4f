/*
 * about:  the constructor takes two seconds
 * kind:   pymem
 * judged: zero-size.malloc.*
 */
#include <unistd.h>

__attribute__((constructor)) static void take_time(void)
{
    sleep(2);
}

#include "base/export_pymem.h"
