/* Pages for each block alone, for the allocators that do without a pool. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include "base/pool.h"

/* `guard` bytes behind the pages cannot be touched. Zero or a multiple of PAGE. */
static inline void *take_pages(size_t total, size_t guard)
{
    size_t length = round_up(total, PAGE);
    char *pages = map_pages(length + guard);
    if (pages && guard)
        mprotect(pages + length, guard, PROT_NONE);
    return pages;
}

static inline void give_pages(void *start, size_t total, size_t guard)
{
    munmap(start, round_up(total, PAGE) + guard);
}

#endif
