#include "probe/probe.h"

enum { HELD = 64 };

static void null(const struct table *t)
{
    char *p = take(t, 40);
    fill(p, 40, 1);
    for (int i = 0; i < 100; i++)
        give(t, NULL);
    EXPECT(intact(p, 40, 1));
    char *q = take(t, 40);
    EXPECT(q != p);
    fill(q, 40, 2);
    EXPECT(intact(p, 40, 1));
}

struct made {
    char *p;
    unsigned seed;
};

static int by_address(const void *a, const void *b)
{
    const struct made *x = a, *y = b;
    return x->p < y->p ? -1 : x->p > y->p;
}

enum order { AS_MADE, UPWARDS, DOWNWARDS, BOTH_SIDES_FIRST, STRIDE, EVERY_SECOND_FIRST, ORDERS };

static unsigned nth(enum order order, unsigned n)
{
    switch (order) {
    case DOWNWARDS: return HELD - 1 - n;
    case BOTH_SIDES_FIRST: return n == HELD - 1 ? n : n - n % 3 + n * 2 % 3;
    case STRIDE: return n * 27 % HELD;
    case EVERY_SECOND_FIRST: return n < HELD / 2 ? 2 * n : 2 * (n - HELD / 2) + 1;
    default: return n;
    }
}

static void any_order(const struct table *t)
{
    static const size_t sizes[] = {8, 24, 64, 200, 512, 513, 1500, 5000};
    for (size_t s = 0; s < LENGTH(sizes); s++) {
        for (enum order order = 0; order < ORDERS; order++) {
            struct made blocks[HELD];
            for (unsigned i = 0; i < HELD; i++) {
                blocks[i] = (struct made){take(t, sizes[s]), i};
                fill(blocks[i].p, sizes[s], i);
            }
            if (order == UPWARDS || order == DOWNWARDS || order == BOTH_SIDES_FIRST)
                qsort(blocks, HELD, sizeof *blocks, by_address);
            for (unsigned n = 0; n < HELD; n++) {
                struct made *block = &blocks[nth(order, n)];
                EXPECT(intact(block->p, sizes[s], block->seed));
                give(t, block->p);
            }
        }
    }
}

/* What was freed serves again, each block once. */
static void many_live(const struct table *t)
{
    char *blocks[HELD];
    for (unsigned i = 0; i < HELD; i++)
        fill(blocks[i] = take(t, 60 + i), 60 + i, i);
    for (unsigned i = 0; i < HELD; i++)
        EXPECT(intact(blocks[i], 60 + i, i));
    for (unsigned i = 0; i < HELD; i++)
        give(t, blocks[i]);
}

static void reuse(const struct table *t)
{
    char *kept = take(t, 80);
    fill(kept, 80, 1);
    for (unsigned round = 0; round < 300; round++) {
        size_t size = 64 + round % 48;
        char *p = take(t, size), *q = take(t, size);
        EXPECT(p != kept && q != kept && p != q);
        fill(p, size, 2);
        fill(q, size, 3);
        give(t, p);
        EXPECT(intact(q, size, 3) && intact(kept, 80, 1));
        give(t, q);
    }
    many_live(t);
}

static void neighbours(const struct table *t)
{
    static const size_t sizes[] = {1, 8, 16, 24, 48, 100, 512, 600, 4000, 40000, 100000};
    for (size_t s = 0; s < LENGTH(sizes); s++) {
        char *blocks[HELD];
        for (unsigned i = 0; i < HELD; i++) {
            blocks[i] = take(t, sizes[s]);
            fill(blocks[i], sizes[s], i);
        }
        for (unsigned i = 0; i < HELD; i += 2)
            give(t, blocks[i]);
        for (unsigned i = 1; i < HELD; i += 2) {
            EXPECT(intact(blocks[i], sizes[s], i));
            give(t, blocks[i]);
        }
    }
}

const struct question free_questions[] = {
    {"free.null", null},
    {"free.any-order", any_order},
    {"free.reuse", reuse},
    {"free.neighbours", neighbours},
    {NULL, NULL},
};
