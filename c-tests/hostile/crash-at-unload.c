/*
 * about: the destructor writes to NULL
 * kind:  pymem
 */
#include "base/endings.h"

__attribute__((destructor)) static void crash(void)
{
    write_to_null();
}

#include "base/export_pymem.h"
