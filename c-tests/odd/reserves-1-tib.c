/*
 * about: reserves 1 TiB of address space at load and touches none of it
 * kind:  pymem
 */
#include "base/pool.h"

__attribute__((constructor)) static void reserve(void)
{
    mmap(NULL, (size_t)1 << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

#include "base/export_pymem.h"
