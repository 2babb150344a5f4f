#include "probe/probe.h"

/* Across the limits that allocators usually have. */
static const size_t steps[] = {
    1, 8, 15, 16, 17, 32, 33, 100, 129, 511, 512, 513, 1000, 1024, 1025, 4095, 4096, 4097, 10000, 65536, 65537, 140000,
};

static void from_null(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(steps); i++) {
        char *p = ask_realloc(t, NULL, steps[i]), *q = ask_realloc(t, NULL, steps[i]);
        EXPECT(steps[i] > 1024 || (p && q));
        if (p && q) {
            fill(p, steps[i], 1);
            fill(q, steps[i], 2);
            EXPECT(intact(p, steps[i], 1));
        }
        give(t, p);
        give(t, q);
    }
}

/* Resizes a fresh block once and looks at what both sizes share. */
static void once(const struct table *t, size_t from, size_t to)
{
    char *p = take(t, from);
    fill(p, from, (unsigned)from);
    p = resize(t, p, to);
    EXPECT(intact(p, from < to ? from : to, (unsigned)from));
    fill(p, to, 5);
    give(t, p);
}

static void grows(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(steps); i++)
        for (size_t j = i + 1; j < LENGTH(steps); j++)
            once(t, steps[i], steps[j]);
}

static void shrinks(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(steps); i++)
        for (size_t j = 0; j < i; j++)
            once(t, steps[i], steps[j]);
    for (size_t size = 2; size < 600; size++)
        once(t, size, size - 1);
}

static void same_size(const struct table *t)
{
    for (size_t size = 1; size < 600; size++)
        once(t, size, size);
    for (size_t i = 0; i < LENGTH(steps); i++)
        once(t, steps[i], steps[i]);
}

/* A neighbour taken after the block keeps most allocators from growing it in place. */
static void moves(const struct table *t)
{
    for (size_t size = 1; size < 70000; size += size < 600 ? 1 : size / 3) {
        char *p = take(t, size);
        char *q = take(t, size);
        fill(p, size, 1);
        fill(q, size, 2);
        p = resize(t, p, size * 3);
        EXPECT(intact(p, size, 1));
        q = resize(t, q, size + 4000);
        EXPECT(intact(q, size, 2));
        give(t, p);
        give(t, q);
    }
}

/* Up in small steps and down again, one block all the time. */
static void chain(const struct table *t)
{
    char *p = take(t, 1);
    size_t size = 1;
    fill(p, 1, 0);
    for (unsigned step = 1; step < 400; step++) {
        size_t next = step < 300 ? size + 1 + step % 17 : size * 19 / 20 + 1;
        p = resize(t, p, next);
        EXPECT(intact(p, size < next ? size : next, step - 1));
        fill(p, next, step);
        size = next;
    }
    for (unsigned step = 400; step < 3000; step++) {
        size_t next = 1 + step * 37 % 700;
        p = resize(t, p, next);
        EXPECT(intact(p, size < next ? size : next, step - 1));
        fill(p, next, step);
        size = next;
    }
    give(t, p);
}

static void large(const struct table *t)
{
    size_t size = 100000;
    char *p = take(t, size);
    fill(p, size, 0);
    static const size_t to[] = {200000, 131072, 131073, 1 << 20, 3000000, 2999999, 1 << 20, 150000, 100};
    for (unsigned i = 0; i < LENGTH(to); i++) {
        p = resize(t, p, to[i]);
        EXPECT(intact(p, size < to[i] ? size : to[i], i));
        size = to[i];
        fill(p, size, i + 1);
    }
    give(t, p);
}

static void failed_keeps(const struct table *t)
{
    static const size_t sizes[] = {1, 16, 100, 512, 600, 5000, 200000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *p = take(t, sizes[i]);
        fill(p, sizes[i], 1);
        EXPECT(!ask_realloc(t, p, SSIZE_LIMIT + 1));
        EXPECT(!ask_realloc(t, p, SSIZE_LIMIT - 4096));
        EXPECT(!ask_realloc(t, p, SSIZE_LIMIT / 2));
        EXPECT(intact(p, sizes[i], 1));
        char *q = take(t, sizes[i]);
        fill(q, sizes[i], 2);
        EXPECT(intact(p, sizes[i], 1));
        p = resize(t, p, sizes[i] + 100);
        EXPECT(intact(p, sizes[i], 1));
        fill(p, sizes[i] + 100, 3);
        EXPECT(intact(q, sizes[i], 2));
        give(t, p);
        give(t, q);
    }
}

static void of_calloc(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(steps); i++) {
        char *p = take_zeroed(t, 1, steps[i]);
        p = resize(t, p, steps[i] * 2);
        EXPECT(all_zero(p, steps[i]));
        fill(p, steps[i] * 2, 1);
        p = resize(t, p, steps[i]);
        EXPECT(intact(p, steps[i], 1));
        give(t, p);
    }
}

static void neighbours(const struct table *t)
{
    enum { COUNT = 24 };
    for (size_t size = 8; size < 5000; size += size < 520 ? 8 : 600) {
        char *blocks[COUNT];
        for (unsigned i = 0; i < COUNT; i++) {
            blocks[i] = take(t, size);
            fill(blocks[i], size, i);
        }
        for (unsigned i = 1; i < COUNT; i += 3) {
            blocks[i] = resize(t, blocks[i], i % 2 ? size * 2 : size / 2);
            fill(blocks[i], i % 2 ? size * 2 : size / 2, 77);
        }
        for (unsigned i = 0; i < COUNT; i++) {
            EXPECT(i % 3 == 1 || intact(blocks[i], size, i));
            give(t, blocks[i]);
        }
    }
}

static void usable(const struct table *t)
{
    char *blocks[LENGTH(steps)];
    for (unsigned i = 0; i < LENGTH(steps); i++) {
        blocks[i] = resize(t, take(t, 1 + i), steps[i]);
        fill(blocks[i], steps[i], i);
    }
    for (unsigned i = 0; i < LENGTH(steps); i++) {
        EXPECT(intact(blocks[i], steps[i], i));
        give(t, blocks[i]);
    }
}

const struct question realloc_questions[] = {
    {"realloc.null", from_null},
    {"realloc.grows", grows},
    {"realloc.shrinks", shrinks},
    {"realloc.same-size", same_size},
    {"realloc.moves", moves},
    {"realloc.chain", chain},
    {"realloc.large", large},
    {"realloc.failed-keeps", failed_keeps},
    {"realloc.of-calloc", of_calloc},
    {"realloc.neighbours", neighbours},
    {"realloc.usable", usable},
    {NULL, NULL},
};
