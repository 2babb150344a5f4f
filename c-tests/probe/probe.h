/*
 * The probe: simple questions put to one library. It shares no code with the suite or with the
 * allocators, so that all three can be held against each other.
 */
#ifndef PROBE_H
#define PROBE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SSIZE_LIMIT ((size_t)PTRDIFF_MAX)
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The allocator of one domain; `ctx` comes first in every call, as in PyMemAllocatorEx. */
struct table {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t count, size_t size);
    void *(*realloc)(void *ctx, void *p, size_t size);
    void (*free)(void *ctx, void *p);
};

/* Where arenas come from, as in PyObjectArenaAllocator. */
struct arenas {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *arena, size_t size);
};

enum { MAX_DOMAINS = 3 };

/* What is probed: the domains that the library has, raw first. */
extern struct table domains[MAX_DOMAINS];
extern int domain_count;

/* Whether several threads may call every domain at the same time, not only raw. */
extern bool all_concurrent;

/* The calloc of a malloc family, without what CPython puts in front of it; else NULL. */
extern void *(*unadapted_calloc)(size_t count, size_t size);

/* What exchanges the allocators of a library, each NULL where it is not exported. */
extern struct exchange {
    void (*get)(int domain, struct table *out);
    void (*set)(int domain, struct table *table);
    void (*setup)(void);
    void (*get_arenas)(struct arenas *out);
    void (*set_arenas)(struct arenas *arenas);
} exchange;

/* A question puts one clause to one domain and returns if it is answered well. */
struct question {
    const char *clause;
    void (*ask)(const struct table *t);
};

/* Lists that end in an entry without a clause. */
extern const struct question zero_size_questions[], alignment_questions[], limits_questions[], malloc_questions[],
    calloc_questions[], realloc_questions[], free_questions[], integrity_questions[], domains_questions[],
    threads_questions[], resources_questions[], customize_questions[], arenas_questions[],
    failure_questions[], hooks_questions[], hooks_failure_questions[];

/* Ends the probe as failed. */
void failed(const char *file, int line, const char *condition) __attribute__((noreturn));

/* Ends the probe as passed. */
void pass(void) __attribute__((noreturn));

#define EXPECT(condition)                                \
    do {                                                 \
        if (!(condition))                                \
            failed(__FILE__, __LINE__, #condition);      \
    } while (0)

/* Calls that may be refused: then the probe ends as passed, for a refusal is legal. */
void *take(const struct table *t, size_t size);
void *take_zeroed(const struct table *t, size_t count, size_t size);
void *resize(const struct table *t, void *p, size_t size);

/* Calls whose answer is the question. */
void *ask_malloc(const struct table *t, size_t size);
void *ask_calloc(const struct table *t, size_t count, size_t size);
void *ask_realloc(const struct table *t, void *p, size_t size);
void give(const struct table *t, void *p);

/* Writes or checks a pattern that differs from block to block and from byte to byte. */
void fill(void *p, size_t size, unsigned seed);
bool intact(const void *p, size_t size, unsigned seed);
bool all_zero(const void *p, size_t size);

/* Resident memory of this process. */
size_t resident_bytes(void);

#endif
