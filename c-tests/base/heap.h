/*
 * A small and entirely correct allocator: the control of the experiment. A mutant, an odd or a
 * hostile allocator is this one with one function wrapped (see export_pymem.h) or one of the
 * hooks below defined before the include.
 *
 *     start                     p
 *     | skew | header           | size bytes ... room |
 *     |<--------------------- total ----------------->|
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "base/pool.h"

#include <string.h>

#define PY_SSIZE_T_MAX ((size_t)PTRDIFF_MAX)

/* Hook: bytes left free in front of the header. Multiples of 16 keep the alignment. */
#ifndef HEAP_SKEW
#define HEAP_SKEW(size) ((size_t)0)
#endif

/* Hook: how many bytes a block of `size` bytes gets. */
#ifndef HEAP_NEED
#define HEAP_NEED(size) (size)
#endif

/* Hook: whether a block with `room` bytes is resized to `size` without moving. */
#ifndef HEAP_STAYS
#define HEAP_STAYS(size, room) ((size) >= (room) / 2)
#endif

/* Hooks: where blocks come from and go to, and which come with zeroes in them. */
#ifndef HEAP_TAKE
#define HEAP_TAKE pool_take
#ifndef HEAP_ZEROED
#define HEAP_ZEROED(total) ((total) > POOL_LARGEST)
#endif
#define HEAP_REMAP pool_remap
#endif
#ifndef HEAP_ZEROED
#define HEAP_ZEROED(total) false
#endif
/* Moves a block without copying it, or returns NULL. */
#ifndef HEAP_REMAP
#define HEAP_REMAP(start, total, wanted) NULL
#endif
#ifndef HEAP_GIVE
#define HEAP_GIVE pool_give
#endif

static inline struct header *header_of(void *p)
{
    return (struct header *)p - 1;
}

/* How many bytes from `p` on belong to the block. */
static inline size_t room_of(void *p)
{
    struct header *header = header_of(p);
    return (size_t)(header->start + header->total - (char *)p);
}

/* Makes the block at `start` one of `size` bytes whose first is at `start + offset`. */
static inline void *place(char *start, size_t total, size_t offset, size_t size)
{
    void *p = start + offset;
    *header_of(p) = (struct header){.start = start, .total = total, .size = size};
    return p;
}

static inline void *heap_malloc(enum domain domain, size_t size)
{
    if (size > PY_SSIZE_T_MAX)
        return NULL;
    size_t offset = HEAP_SKEW(size) + sizeof(struct header);
    /* No bytes are asked for as one byte would be: zeroed by calloc, and free to write to. */
    size_t need = size ? HEAP_NEED(size) : 1;
    size_t total = pool_round(offset + need);
    char *start = HEAP_TAKE(domain, total);
    return start ? place(start, total, offset, size) : NULL;
}

static inline void heap_free(enum domain domain, void *p)
{
    if (p)
        HEAP_GIVE(domain, header_of(p)->start, header_of(p)->total);
}

/* For mutants: puts the block into the free list twice, so that it will be two blocks at once. */
static inline void heap_free_twice(enum domain domain, void *p)
{
    char *start = header_of(p)->start;
    size_t total = header_of(p)->total;
    HEAP_GIVE(domain, start, total);
    HEAP_GIVE(domain, start, total);
}

static inline void *heap_calloc(enum domain domain, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        return NULL;
    void *p = heap_malloc(domain, product);
    if (p && !HEAP_ZEROED(header_of(p)->total))
        memset(p, 0, product ? product : 1);
    return p;
}

/* Another place for a block, with its contents; NULL if there is none. */
static inline void *heap_moved(enum domain domain, void *p, size_t size)
{
    struct header *header = header_of(p);
    size_t offset = (size_t)((char *)p - header->start), old = header->size;
    if (offset == HEAP_SKEW(size) + sizeof(struct header)) {
        size_t total = pool_round(offset + HEAP_NEED(size));
        char *start = HEAP_REMAP(header->start, header->total, total);
        if (start)
            return place(start, total, offset, size);
    }
    void *q = heap_malloc(domain, size);
    if (q) {
        memcpy(q, p, old < size ? old : size);
        heap_free(domain, p);
    }
    return q;
}

static inline void *heap_realloc(enum domain domain, void *p, size_t size)
{
    if (!p)
        return heap_malloc(domain, size);
    if (size > PY_SSIZE_T_MAX)
        return NULL;

    size_t resizes = header_of(p)->resizes + 1;
    bool fits = HEAP_NEED(size) <= room_of(p);
    void *q = p;
    if (!fits || !HEAP_STAYS(size, room_of(p))) {
        q = heap_moved(domain, p, size);
        if (!q && !fits)
            return NULL;
        if (!q)
            q = p;
    }
    header_of(q)->size = size;
    header_of(q)->resizes = resizes;
    return q;
}

/* A block whose address is a multiple of `alignment`, a power of two; for the malloc family. */
static inline void *heap_aligned(enum domain domain, size_t alignment, size_t size)
{
    if (size > PY_SSIZE_T_MAX - alignment)
        return NULL;
    size_t total = pool_round(sizeof(struct header) + size + alignment);
    char *start = HEAP_TAKE(domain, total);
    if (!start)
        return NULL;
    size_t first = (size_t)start + sizeof(struct header);
    return place(start, total, round_up(first, alignment) - (size_t)start, size);
}

#endif
