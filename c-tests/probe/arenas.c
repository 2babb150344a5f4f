/* PyObject_GetArenaAllocator and PyObject_SetArenaAllocator, by an allocator that passes everything on. */
#include "probe/probe.h"

#include <sys/mman.h>

enum { BLOCK = 400, BLOCKS = 12000, MOST = 64 };

static struct arenas before;

/* What the hook handed out and did not get back, and what was wrong with any call. */
static struct {
    char *start[MOST];
    size_t size[MOST];
    int count, asked, refuse;
    size_t largest;
    void *gone[MOST]; /* what came back, the first of it */
    int gone_count;
    bool wrong_ctx, wrong_release;
} seen;

static void *hook_alloc(void *ctx, size_t size)
{
    seen.wrong_ctx |= ctx != &seen;
    seen.asked++;
    if (size > seen.largest)
        seen.largest = size;
    if (seen.refuse > 0 && --seen.refuse == 0)
        return NULL;
    if (seen.refuse < 0 || seen.count == MOST)
        return NULL;
    seen.start[seen.count] = before.alloc(before.ctx, size);
    seen.size[seen.count] = size;
    return seen.start[seen.count] ? seen.start[seen.count++] : NULL;
}

static void hook_free(void *ctx, void *arena, size_t size)
{
    seen.wrong_ctx |= ctx != &seen;
    for (int i = 0; i < seen.count; i++) {
        if (seen.start[i] != arena)
            continue;
        seen.wrong_release |= size != seen.size[i];
        seen.count--;
        if (seen.gone_count < MOST)
            seen.gone[seen.gone_count++] = arena;
        before.free(before.ctx, arena, seen.size[i]);
        seen.start[i] = seen.start[seen.count];
        seen.size[i] = seen.size[seen.count];
        return;
    }
    /* Arenas from before the hook are page-aligned in every library that is probed. */
    for (int i = 0; i < seen.gone_count; i++)
        seen.wrong_release |= seen.gone[i] == arena;
    seen.wrong_release |= (uintptr_t)arena % 4096 != 0 || size > (size_t)1 << 30;
    if (!seen.wrong_release)
        before.free(before.ctx, arena, size);
}

static const struct arenas hook = {&seen, hook_alloc, hook_free};

static struct arenas current(void)
{
    struct arenas room[2];
    exchange.get_arenas(room);
    return room[0];
}

static void lay(void)
{
    struct arenas copy = hook;
    before = current();
    memset(&seen, 0, sizeof seen);
    exchange.set_arenas(&copy);
}

static void take_off(void)
{
    exchange.set_arenas(&before);
}

static void *blocks[BLOCKS];

static void take_blocks(const struct table *t)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = ask_malloc(t, BLOCK);
        if (blocks[i])
            fill(blocks[i], BLOCK, i);
    }
}

static void give_blocks(const struct table *t)
{
    for (unsigned i = 0; i < BLOCKS; i++) {
        /* 7919 is prime: in another order, each once. */
        unsigned at = i * 7919 % BLOCKS;
        if (!blocks[at])
            continue;
        EXPECT(intact(blocks[at], BLOCK, at));
        give(t, blocks[at]);
    }
}

static void get(const struct table *t)
{
    struct arenas room[2];
    memset(room, 0xee, sizeof room);
    exchange.get_arenas(room);
    EXPECT(room[0].alloc && room[0].free);
    for (const unsigned char *p = (void *)&room[1]; p < (unsigned char *)&room[2]; p++)
        EXPECT(*p == 0xee);
}

static void round_trip(const struct table *t)
{
    lay();
    struct arenas got = current();
    EXPECT(memcmp(&got, &hook, sizeof got) == 0);
    take_off();
}

static void called(const struct table *t)
{
    lay();
    take_blocks(t);
    EXPECT(seen.asked > 0);
    give_blocks(t);
    take_off();
}

static void size(const struct table *t)
{
    lay();
    take_blocks(t);
    EXPECT(seen.largest == 1 << 20);
    give_blocks(t);
    take_off();
}

static void from_system(const struct table *t)
{
    struct arenas now = current();
    for (int i = 0; i < 3; i++) {
        char *arena = now.alloc(now.ctx, 1 << 20);
        EXPECT(arena && (uintptr_t)arena % 4096 == 0 && all_zero(arena, 1 << 20));
        memset(arena, 1, 1 << 20);
        now.free(now.ctx, arena, 1 << 20);
    }
}

static void ctx(const struct table *t)
{
    lay();
    take_blocks(t);
    give_blocks(t);
    EXPECT(!seen.wrong_ctx);
    take_off();
}

static void released(const struct table *t)
{
    lay();
    take_blocks(t);
    give_blocks(t);
    EXPECT(!seen.wrong_release);
    take_off();
}

/* What is given back while a block in it is live is gone, and the block's contents with it. */
static void live_blocks(const struct table *t)
{
    lay();
    for (unsigned i = 0; i < BLOCKS; i++) {
        blocks[i] = take(t, BLOCK);
        for (int j = 0; j < seen.count; j++) {
            char *first = blocks[i], *end = first + BLOCK, *start = seen.start[j];
            EXPECT(end <= start || first >= start + seen.size[j] || (first >= start && end <= start + seen.size[j]));
        }
        fill(blocks[i], BLOCK, i);
    }
    give_blocks(t);
    take_off();
}

static void refusal(const struct table *t)
{
    lay();
    for (unsigned i = 0; i < BLOCKS; i++) {
        seen.refuse = i >= BLOCKS / 2 ? -1 : 0;
        blocks[i] = i % 2 ? ask_calloc(t, 1, BLOCK) : ask_malloc(t, BLOCK);
        if (!blocks[i])
            continue;
        EXPECT(i % 2 == 0 || all_zero(blocks[i], BLOCK));
        fill(blocks[i], BLOCK, i);
    }
    seen.refuse = 0;
    give_blocks(t);
    void *p = ask_malloc(t, BLOCK);
    EXPECT(p);
    give(t, p);
    take_off();
}

/* Raw has memory. */
static void refusal_served(const struct table *t)
{
    lay();
    seen.refuse = -1;
    take_blocks(t);
    for (unsigned i = 0; i < BLOCKS; i++)
        EXPECT(blocks[i]);
    seen.refuse = 0;
    give_blocks(t);
    take_off();
}

/* All but one. */
static void released_when_empty(const struct table *t)
{
    lay();
    take_blocks(t);
    give_blocks(t);
    EXPECT(seen.count <= 1);
    take_off();
}

static void restores(const struct table *t)
{
    struct arenas original = current(), now;
    lay();
    give(t, take(t, BLOCK));
    take_off();
    now = current();
    EXPECT(memcmp(&now, &original, sizeof now) == 0);
    int asked = seen.asked;
    take_blocks(t);
    EXPECT(seen.asked == asked);
    give_blocks(t);
}

static void failure_sweep(const struct table *t)
{
    lay();
    take_blocks(t);
    give_blocks(t);
    int kept = seen.count;
    size_t resident = 0;
    for (int n = 0; n < 60; n++) {
        seen.refuse = n % 3 + 1;
        take_blocks(t);
        seen.refuse = 0;
        give_blocks(t);
        EXPECT(seen.count <= kept + 1);
        EXPECT(n < 5 || resident_bytes() <= resident + 3 * 4096);
        resident = n < 5 ? resident_bytes() : resident;
    }
    take_off();
}

/* Only mem and obj may have arenas, and a library without such functions is not asked. */
#define ASK(name)                                                               \
    static void ask_##name(const struct table *t)                               \
    {                                                                           \
        if (exchange.get_arenas && exchange.set_arenas && t != &domains[0])     \
            name(t);                                                            \
    }
ASK(get) ASK(round_trip) ASK(called) ASK(size) ASK(from_system) ASK(ctx) ASK(released) ASK(released_when_empty)
ASK(live_blocks) ASK(refusal) ASK(refusal_served) ASK(restores) ASK(failure_sweep)

const struct question arenas_questions[] = {
    {"arenas.get", ask_get},
    {"arenas.round-trip", ask_round_trip},
    {"arenas.called", ask_called},
    {"arenas.size", ask_size},
    {"arenas.default-from-system", ask_from_system},
    {"arenas.ctx", ask_ctx},
    {"arenas.released", ask_released},
    {"arenas.released-when-empty", ask_released_when_empty},
    {"arenas.live-blocks", ask_live_blocks},
    {"arenas.refusal", ask_refusal},
    {"arenas.refusal.served", ask_refusal_served},
    {"arenas.restores", ask_restores},
    {"arenas.failure-sweep", ask_failure_sweep},
    {NULL, NULL},
};
