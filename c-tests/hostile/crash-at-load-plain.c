/*
 * about: the constructor of a plain malloc family writes to NULL
 * kind:  malloc
 */
#include "base/endings.h"

__attribute__((constructor)) static void crash(void)
{
    write_to_null();
}

#include "base/export_malloc.h"
