/* The debug hooks. They are laid by the first question and stay: these questions are the last ones. */
#include "probe/exchange.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t sizes[] = {0, 1, 8, 24, 100, 600};

static char letter_of(const struct table *t)
{
    return "rmo"[number_of(t)];
}

static bool all_are(const unsigned char *p, size_t count, unsigned char value)
{
    for (size_t i = 0; i < count; i++)
        if (p[i] != value)
            return false;
    return true;
}

/* ---- What stands around a block. */

static bool has_size(const unsigned char *p, size_t size)
{
    for (int i = 1; i <= 8; i++, size >>= 8)
        if (p[-8 - i] != (unsigned char)size)
            return false;
    return true;
}

static void each_block(const struct table *t, bool (*is_right)(const struct table *, const unsigned char *, size_t))
{
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        void *blocks[] = {take(t, sizes[i]), take_zeroed(t, 1, sizes[i]), resize(t, take(t, 50), sizes[i])};
        for (size_t j = 0; j < LENGTH(blocks); j++) {
            EXPECT(is_right(t, blocks[j], sizes[i]));
            give(t, blocks[j]);
        }
    }
}

static bool size_is_right(const struct table *t, const unsigned char *p, size_t size) { return has_size(p, size); }
static bool letter_is_right(const struct table *t, const unsigned char *p, size_t size)
{
    return p[-8] == letter_of(t);
}
static bool front_is_right(const struct table *t, const unsigned char *p, size_t size)
{
    return all_are(p - 7, 7, 0xfd);
}
static bool rear_is_right(const struct table *t, const unsigned char *p, size_t size)
{
    return all_are(p + size, 8, 0xfd);
}

static void size_before(const struct table *t) { each_block(t, size_is_right); }
static void letter_before(const struct table *t) { each_block(t, letter_is_right); }
static void pad_before(const struct table *t) { each_block(t, front_is_right); }
static void pad_behind(const struct table *t) { each_block(t, rear_is_right); }

/* ---- What the bytes of a block are. */

static void clean_malloc(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        void *p = take(t, sizes[i]);
        EXPECT(all_are(p, sizes[i], 0xcd));
        give(t, p);
    }
}

static void clean_realloc(const struct table *t)
{
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        unsigned char *p = take(t, sizes[i]);
        fill(p, sizes[i], 1);
        p = resize(t, p, sizes[i] + 100);
        EXPECT(intact(p, sizes[i], 1) && all_are(p + sizes[i], 100, 0xcd));
        give(t, p);
    }
}

/* ---- What is found: a fork of the probe changes a byte and makes a call. */

/* In the place of an offset: nothing is changed; the block is freed before. */
enum { STRANGER = 10000, FREED };

/* How the damaged block came about, and what is done to the byte: all its bits change, one does, it is cleared. */
enum maker { BY_MALLOC, BY_CALLOC, RESIZED, MAKERS };
enum damage { ALL_BITS, ONE_BIT, TO_NUL, DAMAGES };

static unsigned char *make(const struct table *t, size_t size, enum maker maker)
{
    return maker == BY_MALLOC ? take(t, size) : maker == BY_CALLOC ? take_zeroed(t, 1, size) : resize(t, take(t, 9), size);
}

static bool dies_of(const struct table *t, const struct table *by, size_t size, ptrdiff_t at, bool by_realloc,
                    enum maker maker, enum damage damage)
{
    int ends[2];
    EXPECT(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        dup2(ends[1], STDERR_FILENO);
        unsigned char *p = make(t, size, maker);
        if (at < STRANGER)
            p[at] = damage == TO_NUL ? 0 : p[at] ^ (damage == ONE_BIT ? 1 : 0xff);
        if (at == FREED)
            give(by, p);
        if (by_realloc)
            ask_realloc(by, p, size + 20);
        else
            give(by, p);
        _exit(0);
    }
    close(ends[1]);
    char said[16] = "";
    bool spoke = read(ends[0], said, sizeof said - 1) > 0 && strncmp(said, "Debug memory bl", 15) == 0;
    close(ends[0]);
    int status;
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && spoke;
}

static bool dies(const struct table *t, const struct table *by, size_t size, ptrdiff_t at, bool by_realloc)
{
    return dies_of(t, by, size, at, by_realloc, BY_MALLOC, ALL_BITS);
}

/* Each byte, and the last one in every way. */
static void finds(const struct table *t, size_t size, ptrdiff_t first, ptrdiff_t last, bool by_realloc)
{
    for (ptrdiff_t at = first; at <= last; at++)
        EXPECT(dies(t, t, size, at, by_realloc));
    for (enum maker maker = 0; maker < MAKERS; maker++)
        for (enum damage damage = 0; damage < DAMAGES; damage++)
            EXPECT(dies_of(t, t, size, last, by_realloc, maker, damage));
}

static void overflow(const struct table *t, bool by_realloc)
{
    static const size_t sizes[] = {0, 24, 5000};
    for (size_t i = 0; i < LENGTH(sizes); i++)
        finds(t, sizes[i], (ptrdiff_t)sizes[i], (ptrdiff_t)sizes[i] + 7, by_realloc);
}

static void overflow_free(const struct table *t) { overflow(t, false); }
static void overflow_realloc(const struct table *t) { overflow(t, true); }
static void underflow_free(const struct table *t) { finds(t, 24, -7, -1, false); }
static void underflow_realloc(const struct table *t) { finds(t, 24, -7, -1, true); }
static void letter_free(const struct table *t) { finds(t, 24, -8, -8, false); }
static void letter_realloc(const struct table *t) { finds(t, 24, -8, -8, true); }

/* Calls for other blocks than the damaged one. */
static void quiet(const struct table *t)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        unsigned char *damaged = take(t, 24);
        damaged[24] ^= 0xff;
        for (size_t size = 0; size < 300; size += 30)
            give(t, resize(t, take(t, size), size + 40));
        _exit(0);
    }
    int status;
    EXPECT(waitpid(child, &status, 0) == child && status == 0);
}

static void finds_strangers(const struct table *t, bool by_realloc)
{
    for (int i = 0; i < domain_count; i++)
        EXPECT(&domains[i] == t || dies(t, &domains[i], 24, STRANGER, by_realloc));
}

static void mixing_free(const struct table *t) { finds_strangers(t, false); }
static void mixing_realloc(const struct table *t) { finds_strangers(t, true); }

/* ---- How the hooks are laid, over an allocator of our own that never takes memory back. */

static unsigned char area[1 << 16];
static size_t used, last_size;
static bool refuses, in_place;

/* What arrived since this was emptied: a letter for each call; and the last one's second number. */
static char asked[64];
static size_t last_elements;

static void note_call(char function)
{
    size_t length = strlen(asked);
    if (length < sizeof asked - 1)
        asked[length] = function;
}

static void *serve(size_t size)
{
    last_size = size;
    if (refuses)
        return NULL;
    unsigned char *p = area + used;
    used += (size + 15) / 16 * 16;
    EXPECT(used <= sizeof area);
    return memset(p, 0, size);
}
static void *own_malloc(void *ctx, size_t size)
{
    note_call('m');
    return serve(size);
}
static void *own_calloc(void *ctx, size_t count, size_t size)
{
    note_call('c');
    last_elements = count;
    return serve(count * size);
}
static void *own_realloc(void *ctx, void *p, size_t size)
{
    note_call('r');
    if (in_place)
        return p;
    void *q = serve(size);
    return q && p ? memcpy(q, p, size < 64 ? size : 64) : q;
}
static void own_free(void *ctx, void *p) { note_call('f'); }

/* Whether just these calls arrived since the last look. */
static bool arrived(const char *functions)
{
    bool same = strcmp(asked, functions) == 0;
    memset(asked, 0, sizeof asked);
    return same;
}

static struct table replace(const struct table *t)
{
    struct table own = {NULL, own_malloc, own_calloc, own_realloc, own_free}, original = current(t);
    used = 0;
    memset(asked, 0, sizeof asked);
    exchange.set(number_of(t), &own);
    return original;
}

static void over_replacement(const struct table *t)
{
    struct table original = replace(t);
    take(t, 10);
    EXPECT(last_size == 10);
    exchange.setup();
    unsigned char *p = take(t, 10);
    EXPECT(last_size >= 34 && has_size(p, 10) && p[-8] == letter_of(t));
    exchange.set(number_of(t), &original);
}

static void dead_free(const struct table *t)
{
    struct table original = replace(t);
    exchange.setup();
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        unsigned char *p = take(t, sizes[i]);
        give(t, p);
        EXPECT(all_are(p - 16, sizes[i] + 24, 0xdd));
    }
    exchange.set(number_of(t), &original);
}

/* What a resize leaves behind of a block of 100 bytes. */
static void dead_resized(const struct table *t, size_t size, bool is_in_place)
{
    struct table original = replace(t);
    exchange.setup();
    unsigned char *p = take(t, 100);
    fill(p, 100, 1);
    in_place = is_in_place;
    ask_realloc(t, p, size);
    in_place = false;
    EXPECT(is_in_place ? all_are(p + size + 8, 100 - size, 0xdd) : all_are(p - 16, 124, 0xdd));
    exchange.set(number_of(t), &original);
}

static void dead_realloc(const struct table *t) { dead_resized(t, 40, true); }
static void dead_moved(const struct table *t) { dead_resized(t, 300, false); }

static void largest(const struct table *t)
{
    struct table original = replace(t);
    exchange.setup();
    last_size = 0;
    refuses = true;
    EXPECT(!ask_malloc(t, SSIZE_LIMIT - 16) && last_size == 0);
    refuses = false;
    exchange.set(number_of(t), &original);
}

static void misused(const struct table *t, ptrdiff_t at, bool by_realloc)
{
    struct table original = replace(t);
    exchange.setup();
    EXPECT(dies(t, t, 24, at, by_realloc));
    exchange.set(number_of(t), &original);
}

static void second_free(const struct table *t) { misused(t, FREED, false); }
static void resize_after_free(const struct table *t) { misused(t, FREED, true); }
static void changed_size(const struct table *t) { misused(t, -9, false); }

static void inner_calloc(const struct table *t)
{
    struct table original = replace(t);
    exchange.setup();
    ask_calloc(t, 3, 5);
    EXPECT(arrived("c") && last_elements == 1);
    exchange.set(number_of(t), &original);
}

static void inner_null(const struct table *t)
{
    struct table original = replace(t);
    exchange.setup();
    ask_realloc(t, NULL, 10);
    EXPECT(arrived("m"));
    give(t, NULL);
    EXPECT(arrived(""));
    exchange.set(number_of(t), &original);
}

static void one_call(const struct table *t)
{
    struct table original = replace(t);
    exchange.setup();
    for (size_t size = 0; size < 100; size += 9) {
        ask_malloc(t, 1);
        size_t more = last_size - 1;
        EXPECT(arrived("m"));
        ask_malloc(t, size);
        EXPECT(arrived("m") && last_size == size + more);
    }
    exchange.set(number_of(t), &original);
}

static void again(const struct table *t)
{
    struct table before = current(t);
    exchange.setup();
    struct table after = current(t);
    EXPECT(memcmp(&before, &after, sizeof before) == 0);
}

static void refused_resize(const struct table *t)
{
    struct table original = replace(t);
    exchange.setup();
    unsigned char *p = take(t, 40), copy[16 + 40 + 8];
    fill(p, 40, 1);
    memcpy(copy, p - 16, sizeof copy);
    refuses = true;
    for (size_t size = 10; size < 500; size += 160)
        EXPECT(!ask_realloc(t, p, size) && memcmp(copy, p - 16, sizeof copy) == 0);
    refuses = false;
    exchange.set(number_of(t), &original);
}

static void under_hook(const struct table *t)
{
    lay_hook(t);
    unsigned char *p = take(t, 10);
    EXPECT(seen.size == 10 && has_size(p, 10) && p[-8] == letter_of(t));
    give(t, p);
    take_hook_off(t);
}

/* Questions on any allocator, asked of one under debug hooks. */
static void the_same(const struct table *t, const struct question *questions, const char *clause)
{
    for (; questions->clause; questions++)
        if (strcmp(questions->clause, clause) == 0)
            questions->ask(t);
}

static void alignment(const struct table *t) { the_same(t, alignment_questions, "alignment.malloc"); }
static void neighbours(const struct table *t) { the_same(t, realloc_questions, "realloc.neighbours"); }
static void after_exit(const struct table *t) { the_same(t, threads_questions, "threads.exit"); }

/* A library that has no such functions is not asked. */
#define ASK(name)                                              \
    static void ask_##name(const struct table *t)              \
    {                                                          \
        if (!exchange.get || !exchange.set || !exchange.setup) \
            return;                                            \
        exchange.setup();                                      \
        name(t);                                               \
    }
ASK(size_before) ASK(letter_before) ASK(pad_before) ASK(pad_behind) ASK(clean_malloc) ASK(clean_realloc)
ASK(dead_free) ASK(refused_resize) ASK(overflow_free) ASK(overflow_realloc) ASK(underflow_free)
ASK(underflow_realloc) ASK(letter_free) ASK(letter_realloc) ASK(mixing_free) ASK(mixing_realloc)
ASK(over_replacement) ASK(under_hook) ASK(dead_realloc) ASK(dead_moved) ASK(largest) ASK(second_free)
ASK(resize_after_free) ASK(changed_size) ASK(quiet) ASK(again) ASK(inner_calloc) ASK(inner_null) ASK(one_call)
ASK(alignment) ASK(neighbours) ASK(after_exit)

const struct question hooks_questions[] = {
    {"debug-hooks.layout.size", ask_size_before},
    {"debug-hooks.layout.letter", ask_letter_before},
    {"debug-hooks.layout.leading-pad", ask_pad_before},
    {"debug-hooks.layout.trailing-pad", ask_pad_behind},
    {"debug-hooks.clean.malloc", ask_clean_malloc},
    {"debug-hooks.clean.realloc", ask_clean_realloc},
    {"debug-hooks.dead.free", ask_dead_free},
    {"debug-hooks.dead.realloc", ask_dead_realloc},
    {"debug-hooks.dead.moved", ask_dead_moved},
    {"debug-hooks.inner.limit", ask_largest},
    {"debug-hooks.inner.calloc", ask_inner_calloc},
    {"debug-hooks.inner.null", ask_inner_null},
    {"debug-hooks.inner.one-call", ask_one_call},
    {"debug-hooks.detects.double-free", ask_second_free},
    {"debug-hooks.detects.realloc-after-free", ask_resize_after_free},
    {"debug-hooks.detects.changed-size", ask_changed_size},
    {"debug-hooks.quiet", ask_quiet},
    {"debug-hooks.refused-resize", ask_refused_resize},
    {"debug-hooks.detects.overflow.free", ask_overflow_free},
    {"debug-hooks.detects.overflow.realloc", ask_overflow_realloc},
    {"debug-hooks.detects.underflow.free", ask_underflow_free},
    {"debug-hooks.detects.underflow.realloc", ask_underflow_realloc},
    {"debug-hooks.detects.letter.free", ask_letter_free},
    {"debug-hooks.detects.letter.realloc", ask_letter_realloc},
    {"domains.mixing.free", ask_mixing_free},
    {"domains.mixing.realloc", ask_mixing_realloc},
    {"debug-hooks.setup.again", ask_again},
    {"debug-hooks.setup.over-replacement", ask_over_replacement},
    {"debug-hooks.setup.under-hook", ask_under_hook},
    {"alignment.malloc", ask_alignment},
    {"realloc.neighbours", ask_neighbours},
    {"threads.exit", ask_after_exit},
    {NULL, NULL},
};
