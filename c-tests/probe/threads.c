/* Several threads, mostly in the raw domain only: the others may leave the locking to the caller. */
#include "probe/probe.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 20000, CROWD = 100, CROWD_ROUNDS = 400, SLOTS = 40, HANDED = 1000, HANDED_SIZE = 1000 };

/* Whom the threads ask. */
static const struct table *asked;

static void run(void *(*body)(void *), int threads)
{
    pthread_t ids[CROWD];
    for (long i = 0; i < threads; i++)
        EXPECT(pthread_create(&ids[i], NULL, body, (void *)i) == 0);
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

static void *make(size_t size, int round)
{
    if (round % 3 == 0)
        return take_zeroed(asked, 1, size);
    return round % 3 == 1 ? resize(asked, NULL, size) : take(asked, size);
}

static void churn_for(void *id, int rounds)
{
    struct { char *p; size_t size; } slots[SLOTS] = {{0}};
    unsigned seed = (unsigned)(size_t)id + 1, dice = seed * 7919;
    for (int round = 0; round < rounds; round++) {
        dice = dice * 1103515245 + 12345;
        unsigned slot = dice / 65536 % SLOTS;
        EXPECT(!slots[slot].p || intact(slots[slot].p, slots[slot].size, seed));
        if (slots[slot].p && round % 4 == 0) {
            slots[slot].p = resize(asked, slots[slot].p, slots[slot].size * 2);
            EXPECT(intact(slots[slot].p, slots[slot].size, seed));
        }
        give(asked, slots[slot].p);
        slots[slot].size = dice / 4096 % 100;
        slots[slot].p = make(slots[slot].size, round);
        fill(slots[slot].p, slots[slot].size, seed);
    }
    for (int slot = 0; slot < SLOTS; slot++)
        give(asked, slots[slot].p);
}

static void *churn(void *id)
{
    churn_for(id, ROUNDS);
    return NULL;
}

/* Each is there before the first one ends. */
static pthread_barrier_t all_came;

static void *churn_in_a_crowd(void *id)
{
    give(asked, take(asked, 1));
    pthread_barrier_wait(&all_came);
    churn_for(id, CROWD_ROUNDS);
    return NULL;
}

static bool is_raw(const struct table *t)
{
    return t == &domains[0];
}

static void concurrent(const struct table *t)
{
    if (!is_raw(t) && !all_concurrent)
        return;
    asked = t;
    run(churn, THREADS);
    pthread_barrier_init(&all_came, NULL, CROWD);
    run(churn_in_a_crowd, CROWD);
}

static char *handed[HANDED];

static void *release_handed(void *id)
{
    (void)id;
    for (unsigned i = 0; i < HANDED; i++) {
        EXPECT(intact(handed[i], HANDED_SIZE, i));
        give(&domains[0], handed[i]);
    }
    return NULL;
}

static void *make_handed(void *id)
{
    (void)id;
    for (unsigned i = 0; i < HANDED; i++) {
        handed[i] = take(&domains[0], HANDED_SIZE);
        fill(handed[i], HANDED_SIZE, i);
    }
    return NULL;
}

enum { LARGE_ONES = 8, LARGE_SIZE = 300000 };
static char *large_ones[LARGE_ONES];

static void *release_large(void *id)
{
    for (int i = 0; i < LARGE_ONES; i++)
        give(&domains[0], large_ones[i]);
    return id;
}

static void large_ones_come_back(void)
{
    size_t before = resident_bytes();
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < LARGE_ONES; i++) {
            large_ones[i] = take(&domains[0], LARGE_SIZE);
            fill(large_ones[i], LARGE_SIZE, i);
        }
        run(release_large, 1);
    }
    EXPECT(resident_bytes() < before + (30 << 20));
}

/* Blocks of this thread are freed by another, over and over, with a kept one among them. */
static void foreign_free(const struct table *t)
{
    if (!is_raw(t))
        return;
    char *kept = take(t, HANDED_SIZE);
    fill(kept, HANDED_SIZE, 3);
    size_t before = 0;
    for (int round = 0; round < 60; round++) {
        if (round == 10)
            before = resident_bytes();
        make_handed(NULL);
        run(release_handed, 1);
        EXPECT(intact(kept, HANDED_SIZE, 3));
    }
    EXPECT(resident_bytes() < before + (30 << 20));
    large_ones_come_back();
}

/* A thread's blocks outlive it. */
static void after_exit(const struct table *t)
{
    if (!is_raw(t))
        return;
    for (int round = 0; round < 20; round++) {
        run(make_handed, 1);
        void *other = take(t, HANDED_SIZE);
        fill(other, HANDED_SIZE, 9);
        release_handed(NULL);
        EXPECT(intact(other, HANDED_SIZE, 9));
        give(t, other);
    }
}

/* A block that one thread made is resized by the next and freed by a third. */
static void *resize_handed(void *id)
{
    (void)id;
    for (unsigned i = 0; i < HANDED; i++) {
        handed[i] = resize(&domains[0], handed[i], 3 * HANDED_SIZE);
        EXPECT(intact(handed[i], HANDED_SIZE, i));
        handed[i] = resize(&domains[0], handed[i], HANDED_SIZE);
    }
    return NULL;
}

static void hand_over(const struct table *t)
{
    if (!is_raw(t))
        return;
    for (int round = 0; round < 5; round++) {
        run(make_handed, 1);
        run(resize_handed, 1);
        run(release_handed, 1);
    }
}

/* Children of a process with busy threads allocate and end. */
static void across_fork(const struct table *t)
{
    if (!is_raw(t))
        return;
    pthread_t busy;
    asked = t;
    /* What hangs here hangs for ever. */
    unsigned int rest = alarm(5);
    EXPECT(pthread_create(&busy, NULL, churn, (void *)1) == 0);
    char *kept = take(t, 100);
    fill(kept, 100, 1);
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        EXPECT(child >= 0);
        if (child == 0) {
            alarm(2);
            EXPECT(intact(kept, 100, 1));
            for (size_t size = 0; size < 300; size++)
                fill(take(t, size), size, 2);
            EXPECT(intact(kept, 100, 1));
            _exit(0);
        }
        int status;
        EXPECT(waitpid(child, &status, 0) == child && status == 0);
    }
    pthread_join(busy, NULL);
    alarm(rest);
}

const struct question threads_questions[] = {
    {"threads.concurrent", concurrent}, {"threads.foreign-free", foreign_free}, {"threads.exit", after_exit},
    {"threads.hand-over", hand_over},   {"threads.fork", across_fork},          {NULL, NULL},
};
