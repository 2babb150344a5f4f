#include "probe/probe.h"

/* The largest power of two not above the size, at most 16. */
static bool aligned(const void *p, size_t size)
{
    size_t rule = 1;
    while (rule < 16 && rule * 2 <= size)
        rule *= 2;
    return (size_t)p % rule == 0;
}

static const size_t large[] = {1025, 2000, 4096, 5000, 8192, 32768, 65536, 100000, 262144, 1048576};

/* Sizes 1 to 1024 and a few large ones. */
static size_t nth_size(size_t i)
{
    return i < 1024 ? i + 1 : large[i - 1024];
}
enum { SIZES = 1024 + LENGTH(large) };

static void of_malloc(const struct table *t)
{
    for (size_t i = 0; i < SIZES; i++) {
        void *p = take(t, nth_size(i)), *q = take(t, nth_size(i));
        EXPECT(aligned(p, nth_size(i)) && aligned(q, nth_size(i)));
        give(t, p);
        give(t, q);
    }
    static void *many[3000];
    for (size_t i = 0; i < LENGTH(many); i++)
        EXPECT(aligned(many[i] = take(t, 40), 40));
    for (size_t i = 0; i < LENGTH(many); i++)
        give(t, many[i]);
}

static void of_calloc(const struct table *t)
{
    for (size_t i = 0; i < SIZES; i++) {
        void *p = take_zeroed(t, 1, nth_size(i)), *q = take_zeroed(t, nth_size(i), 1);
        EXPECT(aligned(p, nth_size(i)) && aligned(q, nth_size(i)));
        give(t, p);
        give(t, q);
    }
}

static void of_realloc(const struct table *t)
{
    void *p = take(t, 1);
    for (size_t i = 0; i < SIZES; i++) {
        p = resize(t, p, nth_size(i));
        EXPECT(aligned(p, nth_size(i)));
        void *q = resize(t, NULL, nth_size(i));
        EXPECT(aligned(q, nth_size(i)));
        q = resize(t, q, nth_size(SIZES - 1 - i));
        EXPECT(aligned(q, nth_size(SIZES - 1 - i)));
        give(t, q);
    }
}

static void of_large(const struct table *t, void *grown)
{
    static const size_t sizes[] = {100000, 140000, 300000, 1 << 20, 3 << 20};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        void *p = take(t, sizes[i]);
        EXPECT(aligned(p, sizes[i]));
        give(t, p);
        if (!grown)
            continue;
        grown = resize(t, grown, sizes[i]);
        EXPECT(aligned(grown, sizes[i]));
    }
    give(t, grown);
}

static void malloc_of_large(const struct table *t)
{
    of_malloc(t);
    of_large(t, NULL);
}

static void realloc_of_large(const struct table *t)
{
    of_realloc(t);
    of_large(t, take(t, 1));
}

const struct question alignment_questions[] = {
    {"alignment.malloc", malloc_of_large},
    {"alignment.calloc", of_calloc},
    {"alignment.realloc", realloc_of_large},
    {NULL, NULL},
};
