/* malloc.*, calloc.*: fresh blocks. */
#include "probe/probe.h"

/* Every size up to 1100, so two of each stand side by side. */
enum { SWEEP = 1100 };

static void malloc_usable(const struct table *t)
{
    static char *blocks[2 * SWEEP];
    for (int i = 0; i < 2 * SWEEP; i++) {
        blocks[i] = take(t, (size_t)i / 2);
        fill(blocks[i], (size_t)i / 2, (unsigned)i);
    }
    for (int i = 0; i < 2 * SWEEP; i++) {
        EXPECT(intact(blocks[i], (size_t)i / 2, (unsigned)i));
        give(t, blocks[i]);
    }
}

static void malloc_page_multiples(const struct table *t)
{
    for (size_t page = 1; page <= 40; page += page < 4 ? 1 : 9) {
        char *blocks[9];
        for (size_t i = 0; i < LENGTH(blocks); i++) {
            size_t size = page * 4096 + i % 3 - 1;
            blocks[i] = take(t, size);
            fill(blocks[i], size, (unsigned)i);
        }
        for (size_t i = 0; i < LENGTH(blocks); i++) {
            EXPECT(intact(blocks[i], page * 4096 + i % 3 - 1, (unsigned)i));
            give(t, blocks[i]);
        }
    }
}

static void malloc_large(const struct table *t)
{
    static const size_t sizes[] = {100000, 131072, 131073, 1 << 20, (1 << 20) + 1, 3000000, 5000000};
    char *blocks[LENGTH(sizes)];
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        blocks[i] = take(t, sizes[i]);
        fill(blocks[i], sizes[i], (unsigned)i);
    }
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        EXPECT(intact(blocks[i], sizes[i], (unsigned)i));
        give(t, blocks[i]);
    }
}

static void malloc_serves(const struct table *t)
{
    for (size_t size = 0; size <= 1024; size++) {
        void *p = ask_malloc(t, size);
        EXPECT(p);
        give(t, p);
    }
}

const struct question malloc_questions[] = {
    {"malloc.usable", malloc_usable},
    {"malloc.page-multiples", malloc_page_multiples},
    {"malloc.large", malloc_large},
    {"malloc.serves", malloc_serves},
    {NULL, NULL},
};

static void calloc_zeroed(const struct table *t)
{
    for (size_t size = 1; size < SWEEP; size++) {
        char *p = take_zeroed(t, 1, size), *q = take_zeroed(t, size, 3);
        EXPECT(all_zero(p, size) && all_zero(q, size * 3));
        give(t, p);
        give(t, q);
    }
}

static void calloc_zeroed_reused(const struct table *t)
{
    for (size_t size = 1; size < SWEEP; size++) {
        char *p = take(t, size);
        fill(p, size, 1);
        give(t, p);
        p = take_zeroed(t, size, 1);
        EXPECT(all_zero(p, size));
        fill(p, size, 2);
        /* What a resize leaves behind serves again, too. */
        p = resize(t, p, 3 * size + 200);
        char *q = take_zeroed(t, size, 1);
        EXPECT(all_zero(q, size));
        give(t, p);
        give(t, q);
    }
    static const size_t large[][3] = {{1 << 20, 300000, 300000}, {100000, 900000, 800000}};
    for (size_t i = 0; i < LENGTH(large); i++) {
        char *p = take(t, large[i][0]);
        fill(p, large[i][0], 3);
        p = resize(t, p, large[i][1]);
        fill(p, large[i][1], 4);
        give(t, p);
        p = take_zeroed(t, 1, large[i][2]);
        EXPECT(all_zero(p, large[i][2]));
        give(t, p);
    }
}

static void calloc_product(const struct table *t)
{
    for (size_t count = 1; count < 40; count++) {
        for (size_t size = 1; size < 300; size += 7) {
            char *p = take_zeroed(t, count, size), *q = take_zeroed(t, size, count);
            fill(p, count * size, 1);
            fill(q, count * size, 2);
            EXPECT(intact(p, count * size, 1));
            give(t, p);
            give(t, q);
        }
    }
    /* Two of each, of which the second shows where the first is too short. */
    static const size_t wide[][2] = {{70000, 1}, {1, 70000}, {70000, 3}, {3, 70000}};
    for (size_t i = 0; i < LENGTH(wide); i++) {
        size_t product = wide[i][0] * wide[i][1];
        char *p = take_zeroed(t, wide[i][0], wide[i][1]), *q = take_zeroed(t, wide[i][0], wide[i][1]);
        fill(p, product, 1);
        fill(q, product, 2);
        EXPECT(intact(p, product, 1));
        fill(p, product, 1);
        EXPECT(intact(q, product, 2));
        give(t, p);
        give(t, q);
    }
}

static void calloc_large(const struct table *t)
{
    static const size_t sizes[] = {100000, 131072, 200000, 1 << 20, 3000001};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *p = take(t, sizes[i]);
        fill(p, sizes[i], 1);
        give(t, p);
        p = take_zeroed(t, 1, sizes[i]);
        EXPECT(all_zero(p, sizes[i]));
        fill(p, sizes[i], 2);
        give(t, p);
    }
}

const struct question calloc_questions[] = {
    {"calloc.zeroed", calloc_zeroed},
    {"calloc.zeroed-reused", calloc_zeroed_reused},
    {"calloc.product", calloc_product},
    {"calloc.large", calloc_large},
    {NULL, NULL},
};
