/*
 * The layer that the debug hooks lay over a struct: what it keeps around a block, and what it
 * finds there. A mutant defines one of the hooks below before the include.
 *
 *     start          start+8                  p              p+size
 *     | size         | letter | FORBIDDEN x 7 | size bytes ... | FORBIDDEN x 8 |
 */
#ifndef BASE_LAYER_H
#define BASE_LAYER_H

#include "base/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Hook: bytes left free in front of all this. */
#ifndef LEAD
#define LEAD 0
#endif

enum { FRONT = 16, BEHIND = 8, AROUND = FRONT + BEHIND };
enum { CLEAN = 0xcd, DEAD = 0xdd, FORBIDDEN = 0xfd };
enum { END_SIZE = 64 };
enum finder { BY_FREE, BY_REALLOC };

/* Hooks: where byte `i` of the size has its bits, what stands for a domain, how much is padding. */
#ifndef SIZE_SHIFT
#define SIZE_SHIFT(i) (8 * (7 - (i)))
#endif
#ifndef LETTER
#define LETTER(domain) ("rmo"[domain])
#endif
#ifndef LEADING_PAD
#define LEADING_PAD 7
#endif
#ifndef TRAILING_PAD
#define TRAILING_PAD 8
#endif

/* Hooks: what is overwritten: fresh bytes, added ones, those of a freed block; and what is put back. */
#ifndef FILL_FRESH
#define FILL_FRESH(p, size) memset(p, CLEAN, size)
#endif
#ifndef FILL_ADDED
#define FILL_ADDED(p, old, size) memset((p) + (old), CLEAN, (size) - (old))
#endif
#ifndef FILL_FREED
#define FILL_FREED(p, size) memset((p) - FRONT, DEAD, (size) + AROUND)
#endif
#ifndef RESTORE
#define RESTORE(start, front) memcpy(start, front, FRONT)
#endif

/* Hook: overwrites both ends of a block that is about to be resized, and what is around it. */
#ifndef FILL_ENDS
#define FILL_ENDS(p, size, first, last)                         \
    do {                                                        \
        memset((p) - FRONT, DEAD, FRONT + (first));             \
        memset((p) + (size) - (last), DEAD, (last) + BEHIND);   \
    } while (0)
#endif

/* Hook: the largest size that is passed on. */
#ifndef LARGEST
#define LARGEST (PY_SSIZE_T_MAX - AROUND - LEAD)
#endif

/* Hooks: which letters pass, and which guard bytes are looked at: from number `..._FROM` up to `..._TO`. */
#ifndef LETTER_PASSES
#define LETTER_PASSES(domain, letter, finder) ((letter) == LETTER(domain))
#endif
#ifndef LEADING_FROM
#define LEADING_FROM(finder) 0
#endif
#ifndef TRAILING_TO
#define TRAILING_TO(finder) TRAILING_PAD
#endif

/* Hook: which guard bytes pass: number `i` of the leading ones, from -7 on, or of the trailing ones, from 0 on. */
#ifndef GUARD_PASSES
#define GUARD_PASSES(byte, i, finder) ((byte) == FORBIDDEN)
#endif

/* Hooks: how a finding is told, and what ends the process then. */
#ifndef TELL
#define TELL(text, length) write(STDERR_FILENO, text, length)
#endif
#ifndef END
#define END() abort()
#endif

/* Hooks: the requests that reach the allocator below; what is done for NULL. */
#ifndef BELOW_MALLOC
#define BELOW_MALLOC(below, size) (below)->malloc((below)->ctx, (size) + AROUND + LEAD)
#endif
#ifndef BELOW_CALLOC
#define BELOW_CALLOC(below, size) (below)->calloc((below)->ctx, 1, (size) + AROUND + LEAD)
#endif
#ifndef RESIZE_NULL
#define RESIZE_NULL(layer, size) layer_malloc(layer, size)
#endif
#ifndef FREE_NULL
#define FREE_NULL(layer) ((void)0)
#endif

/* Hook: runs when a block at `p` that had `old` bytes has `size` bytes now. */
#ifndef AFTER_RESIZE
#define AFTER_RESIZE(p, old, size) ((void)0)
#endif

struct layer {
    enum domain domain;
    PyMemAllocatorEx below;
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t stored_size(const unsigned char *p)
{
    size_t size = 0;
    for (int i = 0; i < 8; i++)
        size |= (size_t)p[i - FRONT] << SIZE_SHIFT(i);
    return size;
}

/* Writes what belongs around the block that has its first byte at start + FRONT; returns its address. */
static void *frame(const struct layer *layer, unsigned char *start, size_t size)
{
    for (int i = 0; i < 8; i++)
        start[i] = (unsigned char)(size >> SIZE_SHIFT(i));
    start[8] = (unsigned char)LETTER(layer->domain);
    memset(start + 9, FORBIDDEN, LEADING_PAD);
    memset(start + FRONT + size, FORBIDDEN, TRAILING_PAD);
    return start + FRONT;
}

static void report(const struct layer *layer, const unsigned char *p, const char *finding)
{
    char text[256];
    int length = snprintf(text, sizeof text,
                          "Debug memory block at address p=%p: API '%c'\n"
                          "    %zu bytes originally requested\n"
                          "Fatal Python error: %s (found by '%c')\n",
                          (const void *)p, p[-8], stored_size(p), finding, LETTER(layer->domain));
    if (TELL(text, (size_t)length) < 0)
        abort();
    END();
}

static void examine(const struct layer *layer, const unsigned char *p, enum finder finder)
{
    if (!LETTER_PASSES(layer->domain, p[-8], finder))
        return report(layer, p, "the letter is wrong");
    for (int i = LEADING_FROM(finder); i < LEADING_PAD; i++)
        if (!GUARD_PASSES(p[i - 7], i - 7, finder))
            return report(layer, p, "a guard byte before the block changed");
    for (int i = 0; i < TRAILING_TO(finder); i++)
        if (!GUARD_PASSES(p[stored_size(p) + (size_t)i], i, finder))
            return report(layer, p, "a guard byte behind the block changed");
}

static void *layer_malloc(void *ctx, size_t size)
{
    const struct layer *layer = ctx;
    if (size > LARGEST)
        return NULL;
    unsigned char *start = BELOW_MALLOC(&layer->below, size);
    if (!start)
        return NULL;
    start += LEAD;
    FILL_FRESH(start + FRONT, size);
    return frame(layer, start, size);
}

static void *layer_calloc(void *ctx, size_t count, size_t size)
{
    const struct layer *layer = ctx;
    size_t product;
    if (__builtin_mul_overflow(count, size, &product) || product > LARGEST)
        return NULL;
    unsigned char *start = BELOW_CALLOC(&layer->below, product);
    return start ? frame(layer, start + LEAD, product) : NULL;
}

static void *layer_realloc(void *ctx, void *block, size_t size)
{
    if (!block)
        return RESIZE_NULL(ctx, size);
    const struct layer *layer = ctx;
    unsigned char *p = block, *start = p - FRONT, front[FRONT];
    examine(layer, p, BY_REALLOC);
    if (size > LARGEST)
        return NULL;

    /* Who still uses the old block afterwards finds dead bytes, as many as can be put back. */
    size_t old = stored_size(p), first = least(old, END_SIZE), last = least(old - first, END_SIZE);
    unsigned char ends[2 * END_SIZE];
    memcpy(front, start, FRONT);
    memcpy(ends, p, first);
    memcpy(ends + first, p + old - last, last);
    FILL_ENDS(p, old, first, last);
    unsigned char *moved = layer->below.realloc(layer->below.ctx, start - LEAD, size + AROUND + LEAD);
    moved = moved ? moved + LEAD : NULL;
    size_t kept = moved && size < old ? size : old;
    unsigned char *data = (moved ? moved : start) + FRONT;
    memcpy(data, ends, least(first, kept));
    if (kept > old - last)
        memcpy(data + old - last, ends + first, kept - (old - last));
    if (!moved) {
        memset(p + old, FORBIDDEN, TRAILING_PAD);
        RESTORE(start, front);
        return NULL;
    }
    if (size > old)
        FILL_ADDED(moved + FRONT, old, size);
    AFTER_RESIZE(moved + FRONT, old, size);
    return frame(layer, moved, size);
}

static void layer_free(void *ctx, void *block)
{
    const struct layer *layer = ctx;
    if (!block) {
        FREE_NULL(layer);
        return;
    }
    unsigned char *p = block;
    examine(layer, p, BY_FREE);
    FILL_FREED(p, stored_size(p));
    layer->below.free(layer->below.ctx, p - FRONT - LEAD);
}

#endif
