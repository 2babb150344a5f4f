/*
 * about: the constructor writes to NULL
 * kind:  pymem
 */
__attribute__((constructor)) static void crash(void)
{
    *(volatile char *)0 = 0;
}
#include "base/export_pymem.h"
