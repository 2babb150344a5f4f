/*
 * about: the constructor of a plain malloc family sleeps for ever
 * kind:  malloc
 */
#include "base/endings.h"

__attribute__((constructor)) static void hang(void)
{
    sleep_for_ever();
}

#include "base/export_malloc.h"
