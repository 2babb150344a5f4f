/* Hooks that give each block pages of its own, for the allocators that do without a pool. */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include "base/pool.h"

/* Bytes in front of the header, so that a block ends where its pages end (but for its alignment). */
#define SKEW_TO_PAGE_END(size) (round_up(HEADER_SIZE + round_up((size) + !(size), 16), PAGE) - HEADER_SIZE - round_up((size) + !(size), 16))
enum { HEADER_SIZE = 32 };

/* `guard` unusable bytes follow the pages. */
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
