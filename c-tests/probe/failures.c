/* Any one request is refused below. */
#include "probe/exchange.h"

#include <sys/mman.h>

/* What lies over an allocator, or in its place where `inner` is NULL: counts what it is owed and refuses one request. */
static struct {
    const struct table *inner;
    unsigned left; /* requests up to the one that is refused */
    bool refused;
    long owed;
} below;

static bool refuses(void)
{
    bool this = below.left > 0 && --below.left == 0;
    below.refused |= this;
    return this;
}

static void *counted(void *p)
{
    below.owed += p != NULL;
    return p;
}

/* Memory that nobody gets twice. */
static void *fresh(size_t size)
{
    static unsigned char *area;
    static size_t used, all = (size_t)256 << 20;
    if (!area)
        area = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    size_t *p = (size_t *)(area + used);
    used += 16 + (size + 15) / 16 * 16;
    EXPECT(used <= all);
    *p = size;
    return p + 2;
}

static void *below_malloc(void *ctx, size_t size)
{
    if (refuses())
        return NULL;
    return counted(below.inner ? below.inner->malloc(below.inner->ctx, size) : memset(fresh(size), 0x11, size));
}

static void *below_calloc(void *ctx, size_t count, size_t size)
{
    if (refuses())
        return NULL;
    return counted(below.inner ? below.inner->calloc(below.inner->ctx, count, size) : fresh(count * size));
}

static void *below_realloc(void *ctx, void *p, size_t size)
{
    if (refuses())
        return NULL;
    if (below.inner) {
        void *q = below.inner->realloc(below.inner->ctx, p, size);
        below.owed += !p && q;
        return q;
    }
    below.owed += !p;
    void *q = fresh(size);
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return old ? memcpy(q, p, old < size ? old : size) : q;
}

static void below_free(void *ctx, void *p)
{
    below.owed -= p != NULL;
    if (below.inner)
        below.inner->free(below.inner->ctx, p);
}

static const struct table table = {NULL, below_malloc, below_calloc, below_realloc, below_free};

static const struct step {
    char function;
    int slot;
    size_t size;
} script[] = {
    {'m', 0, 10},  {'m', 1, 512},  {'c', 2, 100}, {'c', 3, 700}, {'m', 4, 5000}, {'r', 0, 60},  {'r', 0, 600},
    {'r', 4, 200}, {'r', 4, 9000}, {'r', 2, 300}, {'r', 5, 40},  {'f', 1, 0},    {'m', 1, 600}, {'r', 3, 2000},
    {'f', 3, 0},   {'c', 3, 64},   {'r', 1, 8},   {'f', 0, 0},   {'m', 0, 30},   {'r', 5, 512}, {'r', 5, 513},
};

enum { SLOTS = 6 };
static struct slot {
    void *p;
    size_t size;
} slots[SLOTS];

static void empty(const struct table *t, unsigned number)
{
    struct slot *slot = &slots[number];
    EXPECT(!slot->p || intact(slot->p, slot->size, number));
    give(t, slot->p);
    *slot = (struct slot){NULL, 0};
}

/* Whether a request was refused: the n-th below. */
static bool run(const struct table *t, unsigned n, bool strict)
{
    bool refused = false;
    below.left = n;
    for (size_t i = 0; i < LENGTH(script); i++) {
        const struct step *step = &script[i];
        struct slot *slot = &slots[step->slot];
        if (step->function != 'r')
            empty(t, (unsigned)step->slot);
        if (step->function == 'f')
            continue;
        below.refused = false;
        void *p = step->function == 'm'   ? ask_malloc(t, step->size)
                  : step->function == 'c' ? ask_calloc(t, 1, step->size)
                                          : ask_realloc(t, slot->p, step->size);
        EXPECT(p || below.refused);
        EXPECT(!strict || !p || !below.refused);
        refused |= below.refused;
        if (!p)
            continue;
        EXPECT(step->function != 'c' || all_zero(p, step->size));
        size_t kept = slot->size < step->size ? slot->size : step->size;
        EXPECT(intact(p, kept, (unsigned)step->slot));
        *slot = (struct slot){p, step->size};
        fill(p, step->size, (unsigned)step->slot);
    }
    for (unsigned i = 0; i < SLOTS; i++)
        empty(t, i);
    below.left = 0;
    return refused;
}

static void sweep(const struct table *t, bool strict)
{
    run(t, 0, strict);
    for (unsigned n = 1;; n++) {
        long owed = below.owed;
        bool refused = run(t, n, strict);
        long once = below.owed;
        if (once > owed) {
            run(t, n, strict);
            EXPECT(below.owed <= once);
        }
        if (!refused)
            break;
    }
}

/* Over a domain, or in its place with the debug hooks over it. */
static void sweep_over(const struct table *t, const struct table *over, bool in_its_place, bool strict)
{
    struct table original = current(over), copy = table;
    below.inner = in_its_place ? NULL : &original;
    below.owed = 0;
    exchange.set(number_of(over), &copy);
    if (in_its_place)
        exchange.setup();
    sweep(t, strict);
    exchange.set(number_of(over), &original);
}

static void ask_customize(const struct table *t)
{
    if (exchange.get && exchange.set)
        sweep_over(t, t, false, true);
}

static void ask_raw(const struct table *t)
{
    if (exchange.get && exchange.set && t != &domains[0])
        sweep_over(t, &domains[0], false, false);
}

static void ask_hooks(const struct table *t)
{
    if (exchange.get && exchange.set && exchange.setup)
        sweep_over(t, t, true, true);
}

const struct question failure_questions[] = {
    {"customize.failure-sweep", ask_customize},
    {"customize.failure-sweep.raw", ask_raw},
    {NULL, NULL},
};

/* Lays the debug hooks, which stay. */
const struct question hooks_failure_questions[] = {
    {"debug-hooks.failure-sweep", ask_hooks},
    {NULL, NULL},
};
