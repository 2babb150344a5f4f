#include "probe/probe.h"

enum { HELD = 32 };

static void expect_distinct(const struct table *t, void *blocks[HELD])
{
    for (int i = 0; i < HELD; i++)
        for (int j = 0; j < i; j++)
            EXPECT(blocks[i] != blocks[j]);
    for (int i = 0; i < HELD; i++)
        give(t, blocks[i]);
}

static void malloc_non_null(const struct table *t)
{
    for (int i = 0; i < HELD; i++)
        EXPECT(ask_malloc(t, 0));
}

static void malloc_distinct(const struct table *t)
{
    void *blocks[HELD];
    for (int round = 0; round < 60; round++) {
        for (int i = 0; i < HELD; i++)
            blocks[i] = i % 4 == 3 ? take(t, 1) : take(t, 0);
        expect_distinct(t, blocks);
    }
}

static void malloc_writable(const struct table *t)
{
    unsigned char *blocks[HELD];
    for (int i = 0; i < HELD; i++) {
        blocks[i] = take(t, i % 2);
        *blocks[i] = (unsigned char)i;
    }
    for (int i = 0; i < HELD; i++)
        EXPECT(*blocks[i] == i);
}

static void calloc_non_null(const struct table *t)
{
    EXPECT(ask_calloc(t, 0, 0));
    EXPECT(ask_calloc(t, 0, 8));
    EXPECT(ask_calloc(t, 8, 0));
}

static void calloc_distinct(const struct table *t)
{
    void *blocks[HELD];
    for (int i = 0; i < HELD; i++)
        blocks[i] = take_zeroed(t, i % 2 ? 0 : 4, i % 2 ? 4 : 0);
    expect_distinct(t, blocks);
}

static void calloc_zeroed(const struct table *t)
{
    for (int i = 0; i < HELD; i++) {
        unsigned char *dirty = take(t, 1);
        *dirty = 0xAA;
        give(t, dirty);
        unsigned char *p = take_zeroed(t, i % 2, 0);
        EXPECT(*p == 0);
        give(t, p);
    }
}

static void calloc_huge_factor(const struct table *t)
{
    EXPECT(ask_calloc(t, SIZE_MAX, 0));
    EXPECT(ask_calloc(t, 0, SIZE_MAX));
}

static void realloc_null(const struct table *t)
{
    void *p = ask_realloc(t, NULL, 0), *q = ask_realloc(t, NULL, 0);
    EXPECT(p && q && p != q);
}

/* Whether the block still is one shows in what the next ones of its size are. */
static void realloc_keeps_block(const struct table *t)
{
    static const size_t sizes[] = {1, 16, 100, 512, 4000, 200000};
    for (size_t i = 0; i < 2 * LENGTH(sizes); i++) {
        size_t size = sizes[i / 2];
        void *p = i % 2 ? resize(t, take(t, 40), size) : take(t, size);
        p = ask_realloc(t, p, 0);
        EXPECT(p);
        for (int next = 0; next < HELD; next++) {
            EXPECT(take(t, 0) != p);
            EXPECT(take(t, size) != p);
        }
        give(t, p);
    }
}

static void realloc_grows(const struct table *t)
{
    for (size_t size = 1; size < 5000; size *= 3) {
        unsigned char *p = resize(t, take(t, 0), size);
        fill(p, size, 1);
        unsigned char *other = take(t, size);
        fill(other, size, 2);
        EXPECT(intact(p, size, 1));
        p = resize(t, resize(t, p, 0), size);
        fill(p, size, 3);
        EXPECT(intact(other, size, 2));
        give(t, p);
        give(t, other);
    }
}

static void free_zero(const struct table *t)
{
    unsigned char *guard = take(t, 8);
    fill(guard, 8, 9);
    void *blocks[HELD];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < HELD; i++)
            blocks[i] = take(t, 0);
        for (int i = 0; i < HELD; i++)
            give(t, blocks[(i * 7) % HELD]);
    }
    for (unsigned i = 0; i < HELD; i++)
        fill(blocks[i] = take(t, 8), 8, i);
    for (unsigned i = 0; i < HELD; i++)
        EXPECT(intact(blocks[i], 8, i));
    EXPECT(intact(guard, 8, 9));
}

const struct question zero_size_questions[] = {
    {"zero-size.malloc.non-null", malloc_non_null},
    {"zero-size.malloc.distinct", malloc_distinct},
    {"zero-size.malloc.writable", malloc_writable},
    {"zero-size.calloc.non-null", calloc_non_null},
    {"zero-size.calloc.distinct", calloc_distinct},
    {"zero-size.calloc.zeroed", calloc_zeroed},
    {"zero-size.calloc.huge-factor", calloc_huge_factor},
    {"zero-size.realloc.null", realloc_null},
    {"zero-size.realloc.keeps-block", realloc_keeps_block},
    {"zero-size.realloc.grows", realloc_grows},
    {"zero-size.free", free_zero},
    {NULL, NULL},
};
