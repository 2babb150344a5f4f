/*
 * Where blocks come from. Up to POOL_LARGEST bytes a block is cut from a chunk and goes back to
 * the free list of its size; a larger one is a mapping of its own.
 *
 * Sizes in chunks are multiples of 16 up to 1 KiB and powers of two above, so every block starts
 * at a multiple of 16. Pools of different domains share nothing.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/lock.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* Declared by sys/mman.h only if asked for before any other header. */
#ifndef MREMAP_MAYMOVE
#define MREMAP_MAYMOVE 1
extern void *mremap(void *start, size_t length, size_t wanted, int flags, ...);
#endif

enum { PAGE = 4096, POOL_CHUNK = 256 * 1024, POOL_LARGEST = 64 * 1024, POOL_FINE = 1024 };
enum { POOL_FINE_CLASSES = POOL_FINE / 16, POOL_CLASSES = POOL_FINE_CLASSES + 6 };

/* Hook: runs between the look at a free list and its change, to widen the gap where no lock is. */
#ifndef POOL_GAP
#define POOL_GAP(domain) ((void)0)
#endif

struct free_block {
    struct free_block *next;
};

static struct pool {
    struct free_block *unused[POOL_CLASSES];
    char *next, *end; /* the rest of the newest chunk */
} pools[DOMAINS];

/* What the heap writes in front of the bytes of a block. */
struct header {
    char *start;
    size_t total;
    size_t size;
    size_t resizes; /* how often this block was resized: mutants count */
};

static inline size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

/* Zeroed pages, or NULL. `length` is a multiple of PAGE. */
static inline void *map_pages(size_t length)
{
    void *pages = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* The size of the block that serves `total` bytes. */
static inline size_t pool_round(size_t total)
{
    if (total > POOL_LARGEST)
        return round_up(total, PAGE);
    if (total <= POOL_FINE)
        return round_up(total, 16);
    size_t rounded = POOL_FINE;
    while (rounded < total)
        rounded *= 2;
    return rounded;
}

static inline size_t pool_class(size_t total)
{
    if (total <= POOL_FINE)
        return total / 16 - 1;
    size_t index = POOL_FINE_CLASSES;
    for (size_t size = 2 * POOL_FINE; size < total; size *= 2)
        index++;
    return index;
}

/* A block of `total` bytes, which pool_round returned; NULL if there is no memory. */
static inline void *pool_take(enum domain domain, size_t total)
{
    if (total > POOL_LARGEST)
        return map_pages(total);

    struct pool *pool = &pools[domain];
    lock_domain(domain);
    struct free_block **list = &pool->unused[pool_class(total)];
    struct free_block *unused = *list;
    void *block = unused;
    POOL_GAP(domain);
    if (unused) {
        *list = unused->next;
    } else {
        if ((size_t)(pool->end - pool->next) < total) {
            char *chunk = map_pages(POOL_CHUNK);
            pool->next = chunk;
            pool->end = chunk ? chunk + POOL_CHUNK : NULL;
        }
        if (pool->next) {
            block = pool->next;
            pool->next += total;
        }
    }
    unlock_domain(domain);
    return block;
}

static inline void pool_give(enum domain domain, void *block, size_t total)
{
    if (total > POOL_LARGEST) {
        munmap(block, total);
        return;
    }
    struct free_block **list = &pools[domain].unused[pool_class(total)];
    lock_domain(domain);
    ((struct free_block *)block)->next = *list;
    *list = block;
    unlock_domain(domain);
}

/* A mapping made longer or shorter, wherever it comes to lie; NULL if either block is none of its own, or cannot be. */
static inline void *pool_remap(void *block, size_t total, size_t wanted)
{
    if (total <= POOL_LARGEST || wanted <= POOL_LARGEST)
        return NULL;
    void *moved = mremap(block, total, wanted, MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? NULL : moved;
}

#endif
