/*
 * about: the constructor touches 4 GiB
 * kind:  pymem
 */
#include "base/pool.h"

__attribute__((constructor)) static void eat(void)
{
    size_t length = (size_t)4 << 30;
    char *pages = map_pages(length);
    for (size_t at = 0; pages && at < length; at += PAGE)
        pages[at] = 1;
}

#include "base/export_pymem.h"
