#include "probe/probe.h"

static const size_t above[] = {SSIZE_LIMIT + 1, SSIZE_LIMIT + 17, SIZE_MAX - 4096, SIZE_MAX - 15, SIZE_MAX};
static const size_t unsatisfiable[] = {SSIZE_LIMIT, SSIZE_LIMIT - 15, SSIZE_LIMIT - 4096, SSIZE_LIMIT / 2};
static const size_t short_in_32_bits[] = {
    (size_t)1 << 32,        ((size_t)1 << 32) + 1,  ((size_t)1 << 32) + 64,
    ((size_t)3 << 32) + 16, ((size_t)1 << 33) + 16, ((size_t)1 << 36) + 1,
};

/* A huge block is either refused or has its last byte far from its first. */
static void expect_whole(const struct table *t, char *p, size_t size)
{
    if (!p)
        return;
    char *neighbour = take(t, 64);
    fill(neighbour, 64, 1);
    for (size_t at = 0; at < size; at += (size_t)1 << 28)
        p[at] = 1;
    p[size - 1] = 1;
    EXPECT(intact(neighbour, 64, 1));
    give(t, p);
}

static void malloc_above(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(above); i++)
        EXPECT(!ask_malloc(t, above[i]));
}

static void calloc_above(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(above); i++)
        EXPECT(!ask_calloc(t, 1, above[i]) && !ask_calloc(t, above[i], 1));
    EXPECT(!ask_calloc(t, SSIZE_LIMIT, 2) && !ask_calloc(t, 2, SSIZE_LIMIT));
    EXPECT(!ask_calloc(t, SIZE_MAX / 2 + 1, 2) && !ask_calloc(t, SIZE_MAX, SIZE_MAX));
    EXPECT(!ask_calloc(t, (size_t)1 << 32, (size_t)1 << 32) && !ask_calloc(t, ((size_t)1 << 32) + 1, (size_t)1 << 32));
}

/* The block must still be itself after the refusal. */
static void expect_refused(const struct table *t, size_t size)
{
    char *p = take(t, 100);
    fill(p, 100, 3);
    EXPECT(!ask_realloc(t, NULL, size));
    EXPECT(!ask_realloc(t, p, size));
    give(t, p);
}

static void realloc_above(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(above); i++)
        expect_refused(t, above[i]);
}

static void malloc_unsatisfiable(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(unsatisfiable); i++)
        EXPECT(!ask_malloc(t, unsatisfiable[i]));
}

static void calloc_unsatisfiable(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(unsatisfiable); i++)
        EXPECT(!ask_calloc(t, 1, unsatisfiable[i]) && !ask_calloc(t, unsatisfiable[i], 1));
    EXPECT(!ask_calloc(t, (size_t)1 << 31, (size_t)1 << 31));
}

static void realloc_unsatisfiable(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(unsatisfiable); i++)
        expect_refused(t, unsatisfiable[i]);
}

static void malloc_truncation(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(short_in_32_bits); i++)
        expect_whole(t, ask_malloc(t, short_in_32_bits[i]), short_in_32_bits[i]);
}

static void calloc_truncation(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(short_in_32_bits); i++)
        expect_whole(t, ask_calloc(t, 1, short_in_32_bits[i]), short_in_32_bits[i]);
    expect_whole(t, ask_calloc(t, 1 << 16, 1 << 16), (size_t)1 << 32);
    expect_whole(t, ask_calloc(t, (1 << 16) + 1, 1 << 16), ((size_t)1 << 32) + (1 << 16));
}

static void realloc_truncation(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(short_in_32_bits); i++) {
        expect_whole(t, ask_realloc(t, take(t, 32), short_in_32_bits[i]), short_in_32_bits[i]);
        expect_whole(t, ask_realloc(t, take(t, 140000), short_in_32_bits[i]), short_in_32_bits[i]);
    }
}

static void calloc_library(const struct table *t)
{
    (void)t;
    if (!unadapted_calloc)
        return;
    EXPECT(!unadapted_calloc(SIZE_MAX / 2 + 1, 2));
    EXPECT(!unadapted_calloc((size_t)1 << 32, ((size_t)1 << 32) + 1));
    EXPECT(!unadapted_calloc(SIZE_MAX, SIZE_MAX));
}

const struct question limits_questions[] = {
    {"limits.malloc.above-ssize-max", malloc_above},
    {"limits.calloc.product-above-ssize-max", calloc_above},
    {"limits.realloc.above-ssize-max", realloc_above},
    {"limits.malloc.unsatisfiable", malloc_unsatisfiable},
    {"limits.calloc.unsatisfiable", calloc_unsatisfiable},
    {"limits.realloc.unsatisfiable", realloc_unsatisfiable},
    {"limits.malloc.truncation", malloc_truncation},
    {"limits.calloc.truncation", calloc_truncation},
    {"limits.realloc.truncation", realloc_truncation},
    {"limits.calloc.library", calloc_library},
    {NULL, NULL},
};
