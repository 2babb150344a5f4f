/*
 * about: each block ends at a page that cannot be touched
 * kind:  pymem
 */
#include "base/pages.h"

#define HEAP_SKEW(size) SKEW_TO_PAGE_END(size)
#define HEAP_TAKE(domain, total) take_pages(total, PAGE)
#define HEAP_GIVE(domain, start, total) give_pages(start, total, PAGE)
#include "base/export_pymem.h"
