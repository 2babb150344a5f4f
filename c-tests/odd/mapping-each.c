/*
 * about: each block is a mapping of its own
 * kind:  pymem
 */
#include "base/pages.h"

#define HEAP_TAKE(domain, total) take_pages(total, 0)
#define HEAP_GIVE(domain, start, total) give_pages(start, total, 0)

#include "base/export_pymem.h"
