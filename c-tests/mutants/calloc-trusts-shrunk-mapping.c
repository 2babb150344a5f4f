/*
 * about:  large freed mappings are kept, and one that was shrunk counts as zeroed
 * kind:   pymem
 * breaks: calloc.zeroed-reused
 */
#include <stdbool.h>
#include <stddef.h>

static _Thread_local bool took_zeroes;
static void *take_kept(int domain, size_t total);
static void keep(int domain, void *block, size_t total);
#define HEAP_TAKE take_kept
#define HEAP_GIVE keep
#define HEAP_ZEROED(total) ((total) > POOL_LARGEST && took_zeroes)
#include "base/heap.h"

enum { KEPT = 16, LARGEST_KEPT = 8 << 20 };
#define SHRUNK ((size_t)1 << 40)

static struct {
    char *start;
    size_t total;
    bool zeroed;
} kept[KEPT];

static void *take_kept(int domain, size_t total)
{
    if (total <= POOL_LARGEST)
        return pool_take(domain, total);
    void *found = NULL;
    lock_domain(RAW);
    for (int i = 0; i < KEPT && !found; i++) {
        if (!kept[i].start || kept[i].total != total)
            continue;
        found = kept[i].start;
        took_zeroes = kept[i].zeroed;
        kept[i].start = NULL;
    }
    unlock_domain(RAW);
    if (found)
        return found;
    took_zeroes = true;
    return map_pages(total);
}

static void keep(int domain, void *block, size_t total)
{
    if (total <= POOL_LARGEST) {
        pool_give(domain, block, total);
        return;
    }
    bool is_kept = false, shrunk = ((struct header *)block)->resizes & SHRUNK;
    lock_domain(RAW);
    for (int i = 0; i < KEPT && !is_kept && total <= LARGEST_KEPT; i++) {
        if (kept[i].start)
            continue;
        kept[i].start = block;
        kept[i].total = total;
        kept[i].zeroed = shrunk;
        is_kept = true;
    }
    unlock_domain(RAW);
    if (!is_kept)
        munmap(block, total);
}

static void *shrink_in_place(enum domain domain, void *p, size_t size)
{
    size_t total = pool_round(sizeof(struct header) + (size ? size : 1));
    struct header *header = p && size <= PY_SSIZE_T_MAX ? header_of(p) : NULL;
    if (!header || total <= POOL_LARGEST || total >= header->total)
        return heap_realloc(domain, p, size);
    munmap(header->start + total, header->total - total);
    header->total = total;
    header->size = size;
    header->resizes |= SHRUNK;
    return p;
}
#define REALLOC shrink_in_place

#include "base/export_pymem.h"
