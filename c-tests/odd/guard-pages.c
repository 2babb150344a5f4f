/*
 * about: each block ends at a page that cannot be touched, or up to 15 bytes before it
 * kind:  pymem
 */
#include "base/pages.h"

/* What is in front of the header, so that block and header end with a page. */
static size_t skew_to_page_end(size_t size)
{
    size_t used = sizeof(struct header) + round_up(size ? size : 1, 16);
    return round_up(used, PAGE) - used;
}

#define HEAP_SKEW skew_to_page_end
#define HEAP_TAKE(domain, total) take_pages(total, PAGE)
#define HEAP_GIVE(domain, start, total) give_pages(start, total, PAGE)
#include "base/export_pymem.h"
