/*
 * about: the constructor reserves all the address space that it gets
 * kind:  pymem
 */
#include <sys/mman.h>
#include <stddef.h>

__attribute__((constructor)) static void reserve(void)
{
    for (size_t length = (size_t)1 << 46; length >= (size_t)1 << 30; length /= 2)
        while (mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED)
            continue;
}

#include "base/export_pymem.h"
