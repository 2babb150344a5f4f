/* Whether freed memory serves again: resident memory after many rounds, once warm. */
#include "probe/probe.h"

#include <time.h>

enum { GROWTH_ALLOWED = 12 << 20, SMALL_CHURN = 32 << 20, SMALL_BLOCKS = 400 };

/* So many rounds, or fewer for a slow allocator. */
static void repeat(const struct table *t, void (*round)(const struct table *t), int rounds)
{
    clock_t end = clock() + CLOCKS_PER_SEC / 10;
    for (int i = 0; i < rounds && clock() < end; i++)
        round(t);
}

/* Quarantines and caches fill up while warming. */
static void expect_steady(const struct table *t, void (*round)(const struct table *t), int rounds)
{
    repeat(t, round, rounds);
    size_t before = resident_bytes();
    repeat(t, round, rounds);
    EXPECT(resident_bytes() < before + GROWTH_ALLOWED);
}

static size_t small_size;

static void small_round(const struct table *t)
{
    char *blocks[SMALL_BLOCKS];
    for (size_t i = 0; i < SMALL_BLOCKS; i++)
        memset(blocks[i] = take(t, small_size), 1, small_size);
    for (size_t i = 0; i < SMALL_BLOCKS; i++)
        give(t, blocks[i]);
}

static void large_round(const struct table *t)
{
    static const size_t sizes[] = {70000, 200000, 1000000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *p = take(t, sizes[i]);
        memset(p, 1, sizes[i]);
        give(t, p);
    }
}

static void realloc_round(const struct table *t)
{
    char *p = take(t, 1);
    for (size_t size = 1; size < 200000; size = size * 3 / 2 + 1)
        memset(p = resize(t, p, size), 1, size);
    for (size_t size = 150000; size > 10; size /= 2)
        p = resize(t, p, size);
    give(t, p);
    for (int i = 0; i < 200; i++) {
        memset(p = take(t, 5000), 1, 5000);
        give(t, resize(t, p, 4500));
    }
}

static void calloc_round(const struct table *t)
{
    char *blocks[50];
    for (size_t i = 0; i < LENGTH(blocks); i++)
        memset(blocks[i] = take_zeroed(t, i, 40), 1, i * 40);
    for (size_t i = 0; i < LENGTH(blocks); i++)
        give(t, blocks[i]);
    give(t, take_zeroed(t, 1, 100000));
}

static void refusal_round(const struct table *t)
{
    char *p = take(t, 500);
    for (int i = 0; i < 10; i++) {
        EXPECT(!ask_malloc(t, SSIZE_LIMIT - 4096));
        EXPECT(!ask_calloc(t, 1, SSIZE_LIMIT - 4096));
        EXPECT(!ask_realloc(t, p, SSIZE_LIMIT - 4096));
    }
    give(t, p);
}


/* Size by size, for a leak may be in one class only. */
static void small(const struct table *t)
{
    static const size_t sizes[] = {0, 16, 60, 150, 300, 500, 1000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        small_size = sizes[i];
        expect_steady(t, small_round, SMALL_CHURN / (SMALL_BLOCKS * (int)(small_size ? small_size : 16)));
    }
}

static void large(const struct table *t) { expect_steady(t, large_round, 30); }
static void reallocs(const struct table *t) { expect_steady(t, realloc_round, 60); }
static void callocs(const struct table *t) { expect_steady(t, calloc_round, 400); }
static void refusals(const struct table *t) { expect_steady(t, refusal_round, 1500); }

const struct question resources_questions[] = {
    {"resources.small", small},       {"resources.large", large},       {"resources.realloc", reallocs},
    {"resources.calloc", callocs},    {"resources.refusals", refusals}, {NULL, NULL},
};
