/*
 * about: the constructor sleeps for ever
 * kind:  pymem
 */
#include "base/endings.h"

__attribute__((constructor)) static void hang(void)
{
    sleep_for_ever();
}

#include "base/export_pymem.h"
