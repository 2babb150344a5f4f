#include "probe/probe.h"

struct block {
    char *p;
    size_t size;
    unsigned seed;
};

static unsigned long long state = 88172645463325252ull;

static size_t dice(size_t sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % sides);
}

static size_t any_size(void)
{
    switch (dice(16)) {
    case 0: return dice(60000);
    case 1: return dice(8000);
    default: return dice(700);
    }
}

static void verify(const struct block *block)
{
    EXPECT(!block->p || intact(block->p, block->size, block->seed));
}

static void replace(struct block *block, char *p, size_t size)
{
    *block = (struct block){p, size, (unsigned)dice(1000)};
    fill(p, size, block->seed);
}

static void operate(const struct table *t, struct block *block)
{
    verify(block);
    size_t size = any_size();
    switch (dice(5)) {
    case 0: {
        if (!block->p)
            break;
        char *p = resize(t, block->p, size);
        EXPECT(intact(p, size < block->size ? size : block->size, block->seed));
        replace(block, p, size);
        break;
    }
    case 1: {
        give(t, block->p);
        char *p = take_zeroed(t, 1, size);
        EXPECT(all_zero(p, size));
        replace(block, p, size);
        break;
    }
    case 2:
        give(t, block->p);
        block->p = NULL;
        break;
    default:
        give(t, block->p);
        replace(block, take(t, size), size);
    }
}

enum { LIVE = 300, OPERATIONS = 12000 };

static void random_operations(const struct table *t)
{
    static struct block blocks[LIVE];
    for (int i = 0; i < OPERATIONS; i++)
        operate(t, &blocks[dice(LIVE)]);
    for (int i = 0; i < LIVE; i++) {
        verify(&blocks[i]);
        give(t, blocks[i].p);
        blocks[i].p = NULL;
    }
}

static int by_address(const void *a, const void *b)
{
    const struct block *x = a, *y = b;
    return x->p < y->p ? -1 : x->p > y->p;
}

static void no_overlap(const struct table *t)
{
    enum { COUNT = 3000 };
    static struct block blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        size_t size = dice(600);
        blocks[i] = (struct block){take(t, size), size, 0};
        if (i % 5 == 4) {
            give(t, blocks[i - 2].p);
            blocks[i - 2] = (struct block){take(t, size), size, 0};
        }
    }
    qsort(blocks, COUNT, sizeof *blocks, by_address);
    for (int i = 1; i < COUNT; i++)
        EXPECT(blocks[i - 1].p + blocks[i - 1].size <= blocks[i].p);
    for (int i = 0; i < COUNT; i++)
        give(t, blocks[i].p);
}

static void contents(const struct table *t)
{
    enum { COUNT = 1000 };
    static struct block blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        size_t size = any_size() % 2000;
        replace(&blocks[i], take(t, size), size);
        /* A request that cannot be served costs nobody anything. */
        if (i % 100 == 0)
            EXPECT(!ask_malloc(t, SSIZE_LIMIT - 4096));
    }
    for (int i = 0; i < COUNT; i += 2) {
        give(t, blocks[i].p);
        size_t size = any_size() % 2000;
        replace(&blocks[i], take(t, size), size);
    }
    for (int i = 0; i < COUNT; i++) {
        verify(&blocks[i]);
        give(t, blocks[i].p);
    }
    /* So many at once as programs have. */
    enum { MANY = 25000 };
    static struct block many[MANY];
    for (int i = 0; i < MANY; i++)
        replace(&many[i], take(t, 24), 24);
    for (int i = 0; i < MANY; i++) {
        verify(&many[i]);
        give(t, many[i].p);
    }
}

const struct question integrity_questions[] = {
    {"integrity.no-overlap", no_overlap},
    {"integrity.contents", contents},
    {"integrity.random-operations", random_operations},
    {"robustness.survives", random_operations},
    {NULL, NULL},
};
