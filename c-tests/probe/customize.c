/* PyMem_GetAllocator and PyMem_SetAllocator, by hooks that pass everything on. */
#include "probe/exchange.h"

struct seen seen;

static struct table before;

static void note(char function, void *ctx, void *block, size_t size, size_t second)
{
    seen = (struct seen){seen.calls + 1, seen.refuses, function, ctx, block, size, second};
}

static void *hook_malloc(void *ctx, size_t size)
{
    note('m', ctx, NULL, size, 0);
    return seen.refuses ? NULL : before.malloc(before.ctx, size);
}

static void *hook_calloc(void *ctx, size_t count, size_t size)
{
    note('c', ctx, NULL, count, size);
    return seen.refuses ? NULL : before.calloc(before.ctx, count, size);
}

static void *hook_realloc(void *ctx, void *p, size_t size)
{
    note('r', ctx, p, size, 0);
    return seen.refuses ? NULL : before.realloc(before.ctx, p, size);
}

static void hook_free(void *ctx, void *p)
{
    note('f', ctx, p, 0, 0);
    before.free(before.ctx, p);
}

static const struct table hook = {&seen, hook_malloc, hook_calloc, hook_realloc, hook_free};

void lay_hook(const struct table *t)
{
    struct table copy = hook;
    before = current(t);
    exchange.set(number_of(t), &copy);
    seen = (struct seen){0};
}

void take_hook_off(const struct table *t)
{
    exchange.set(number_of(t), &before);
}

struct table current(const struct table *t)
{
    struct table room[2];
    exchange.get(number_of(t), room);
    return room[0];
}

static bool same(struct table a, struct table b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* One call arrived since the last look, with these arguments. */
static bool arrived(char function, void *block, size_t size, size_t second)
{
    bool one = seen.calls == 1;
    seen.calls = 0;
    return one && seen.function == function && seen.block == block && seen.size == size && seen.second == second;
}

static void get(const struct table *t)
{
    struct table room[2];
    memset(room, 0xee, sizeof room);
    exchange.get(number_of(t), room);
    EXPECT(room[0].malloc && room[0].calloc && room[0].realloc && room[0].free);
    for (const unsigned char *p = (void *)&room[1]; p < (unsigned char *)&room[2]; p++)
        EXPECT(*p == 0xee);
}

static void round_trip(const struct table *t)
{
    lay_hook(t);
    EXPECT(same(current(t), hook));
    take_hook_off(t);
}

static void copies(const struct table *t)
{
    struct table original = current(t), copy = original;
    exchange.set(number_of(t), &copy);
    memset(&copy, 0, sizeof copy);
    EXPECT(same(current(t), original));
    give(t, take(t, 10));
}

static void per_domain(const struct table *t)
{
    struct table others[MAX_DOMAINS];
    for (int i = 0; i < domain_count; i++)
        others[i] = current(&domains[i]);
    lay_hook(t);
    for (int i = 0; i < domain_count; i++)
        EXPECT(&domains[i] == t || same(current(&domains[i]), others[i]));
    take_hook_off(t);
}

static void unknown_domain(const struct table *t)
{
    struct table before[MAX_DOMAINS], room, none = {0};
    for (int i = 0; i < domain_count; i++)
        before[i] = current(&domains[i]);
    for (int number = MAX_DOMAINS; number < 100; number += 32) {
        memset(&room, 0xee, sizeof room);
        exchange.get(number, &room);
        EXPECT(same(room, none));
        struct table other = hook;
        exchange.set(number, &other);
        for (int i = 0; i < domain_count; i++)
            EXPECT(same(current(&domains[i]), before[i]));
    }
}

static void ctx(const struct table *t)
{
    lay_hook(t);
    void *p = take(t, 10);
    EXPECT(seen.ctx == &seen);
    p = resize(t, p, 20);
    EXPECT(seen.ctx == &seen);
    give(t, p);
    EXPECT(seen.ctx == &seen);
    p = take_zeroed(t, 2, 3);
    EXPECT(seen.ctx == &seen);
    give(t, p);
    take_hook_off(t);
}

static void malloc_argument(const struct table *t)
{
    static const size_t sizes[] = {0, 1, 10, 513, SSIZE_LIMIT};
    lay_hook(t);
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        ask_malloc(t, sizes[i]);
        EXPECT(arrived('m', NULL, sizes[i], 0));
    }
    take_hook_off(t);
}

static void calloc_arguments(const struct table *t)
{
    static const size_t factors[][2] = {{3, 5}, {0, 5}, {5, 0}, {0, 0}, {200, 4}};
    lay_hook(t);
    for (size_t i = 0; i < LENGTH(factors); i++) {
        ask_calloc(t, factors[i][0], factors[i][1]);
        EXPECT(arrived('c', NULL, factors[i][0], factors[i][1]));
    }
    take_hook_off(t);
}

static void realloc_arguments(const struct table *t)
{
    lay_hook(t);
    void *p = ask_realloc(t, NULL, 40);
    EXPECT(arrived('r', NULL, 40, 0));
    void *q = ask_realloc(t, p, 40);
    EXPECT(arrived('r', p, 40, 0));
    p = ask_realloc(t, q, 0);
    EXPECT(arrived('r', q, 0, 0));
    give(t, p);
    take_hook_off(t);
}

static void free_argument(const struct table *t)
{
    lay_hook(t);
    void *p = take(t, 10);
    seen.calls = 0;
    give(t, p);
    EXPECT(arrived('f', p, 0, 0));
    give(t, NULL);
    EXPECT(arrived('f', NULL, 0, 0));
    take_hook_off(t);
}

static void limits_first(const struct table *t)
{
    lay_hook(t);
    EXPECT(!ask_malloc(t, SSIZE_LIMIT + 1) && !ask_calloc(t, SSIZE_LIMIT, 2) && !ask_calloc(t, SIZE_MAX, SIZE_MAX));
    EXPECT(!ask_realloc(t, NULL, SIZE_MAX));
    EXPECT(seen.calls == 0);
    take_hook_off(t);
}

static void failure(const struct table *t)
{
    lay_hook(t);
    void *p = take(t, 100);
    fill(p, 100, 1);
    seen = (struct seen){.refuses = true};
    EXPECT(!ask_malloc(t, 10) && arrived('m', NULL, 10, 0));
    EXPECT(!ask_calloc(t, 2, 5) && arrived('c', NULL, 2, 5));
    EXPECT(!ask_realloc(t, p, 200) && arrived('r', p, 200, 0));
    EXPECT(intact(p, 100, 1));
    give(t, p);
    take_hook_off(t);
}

static void wraps(const struct table *t)
{
    lay_hook(t);
    for (size_t size = 0; size < 600; size++) {
        void *p = ask_malloc(t, size);
        EXPECT(arrived('m', NULL, size, 0));
        void *q = ask_realloc(t, p, size + 1);
        EXPECT(arrived('r', p, size + 1, 0));
        give(t, q);
        EXPECT(arrived('f', q, 0, 0));
        q = ask_calloc(t, 1, size);
        EXPECT(arrived('c', NULL, 1, size));
        give(t, q);
        EXPECT(arrived('f', q, 0, 0));
    }
    take_hook_off(t);
}

static void restores(const struct table *t)
{
    struct table original = current(t);
    lay_hook(t);
    take_hook_off(t);
    EXPECT(same(current(t), original));
    give(t, resize(t, take(t, 10), 20));
    give(t, take_zeroed(t, 1, 10));
    EXPECT(seen.calls == 0);
}

static void direct_call(const struct table *t)
{
    struct table direct = current(t);
    for (size_t size = 1; size < 2000; size *= 3) {
        unsigned char *p = resize(&direct, take(t, size), size + 50);
        fill(p, size + 50, 1);
        p = resize(t, p, size + 100);
        EXPECT(intact(p, size + 50, 1));
        p = resize(&direct, p, size + 600);
        EXPECT(intact(p, size + 50, 1));
        give(t, p);
        give(&direct, take_zeroed(t, 1, size));
        give(t, take(&direct, size));
    }
}

/* What mem and obj hand on to raw is their own affair. */
static void hooks_apart(const struct table *t)
{
    for (int i = 1; i < domain_count; i++) {
        if (&domains[i] == t)
            continue;
        lay_hook(&domains[i]);
        give(t, resize(t, take(t, 10), 20));
        give(t, take_zeroed(t, 1, 10));
        EXPECT(seen.calls == 0);
        take_hook_off(&domains[i]);
    }
}

/* A library that has no such functions is not asked. */
#define ASK(name)                                 \
    static void ask_##name(const struct table *t) \
    {                                             \
        if (exchange.get && exchange.set)         \
            name(t);                              \
    }
ASK(get) ASK(round_trip) ASK(copies) ASK(per_domain) ASK(ctx) ASK(malloc_argument) ASK(calloc_arguments)
ASK(realloc_arguments) ASK(free_argument) ASK(limits_first) ASK(failure) ASK(wraps) ASK(restores)
ASK(direct_call) ASK(hooks_apart) ASK(unknown_domain)

const struct question customize_questions[] = {
    {"customize.get", ask_get},
    {"customize.round-trip", ask_round_trip},
    {"customize.copies", ask_copies},
    {"customize.per-domain", ask_per_domain},
    {"customize.unknown-domain", ask_unknown_domain},
    {"customize.ctx", ask_ctx},
    {"customize.argument.malloc", ask_malloc_argument},
    {"customize.arguments.calloc", ask_calloc_arguments},
    {"customize.arguments.realloc", ask_realloc_arguments},
    {"customize.argument.free", ask_free_argument},
    {"customize.limits-first", ask_limits_first},
    {"customize.failure", ask_failure},
    {"customize.wraps", ask_wraps},
    {"customize.restores", ask_restores},
    {"customize.direct-call", ask_direct_call},
    {"domains.hooks-apart", ask_hooks_apart},
    {NULL, NULL},
};
