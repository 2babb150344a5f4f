/*
 * about: the constructor of a plain malloc family writes to NULL
 * kind:  malloc
 */
__attribute__((constructor)) static void crash(void)
{
    *(volatile char *)0 = 0;
}
#include "base/export_malloc.h"
