/*
 * about: the constructor writes to NULL
 * kind:  pymem
 */
#include "base/endings.h"

__attribute__((constructor)) static void crash(void)
{
    write_to_null();
}

#include "base/export_pymem.h"
