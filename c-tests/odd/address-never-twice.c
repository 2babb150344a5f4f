/*
 * about: no address is used twice: freed pages become unusable and stay reserved
 * kind:  pymem
 */
#include "base/pages.h"

/* A mapping of nothing over the old one gives the memory back and keeps the address. */
static void retire(void *start, size_t total)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    mmap(start, round_up(total, PAGE), PROT_NONE, flags, -1, 0);
}

#define HEAP_TAKE(domain, total) take_pages(total, 0)
#define HEAP_GIVE(domain, start, total) retire(start, total)

#include "base/export_pymem.h"
