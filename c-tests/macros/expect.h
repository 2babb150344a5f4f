/*
 * What the programs share. `HEADER` is the header under test, in its brackets: <Python.h>, or one of ours. Each
 * expectation is a line: the clause, `kept` or `broken`, and what is expected.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include HEADER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(clause, expectation, holds)                                                 \
    printf("%s %s: %s\n", clause, (holds) ? "kept" : "broken", expectation)

/* Whether an expression has exactly this type; it is not evaluated. */
#define HAS_TYPE(expression, type) __builtin_types_compatible_p(__typeof__(expression), type)

/* What was asked of a domain since `forget`. */
struct seen {
    int calls, mallocs, reallocs, frees;
    size_t size;
    void *block;
};

static struct seen mem, obj;
static PyMemAllocatorEx below[3];
static int refuses;

/* No request above this is passed on: it is only noted. */
#define MOST ((size_t)1 << 20)

static void *seen_malloc(void *ctx, size_t size)
{
    struct seen *seen = ctx;
    PyMemAllocatorEx *next = &below[seen == &mem ? PYMEM_DOMAIN_MEM : PYMEM_DOMAIN_OBJ];
    seen->calls++, seen->mallocs++, seen->size = size;
    return refuses || size > MOST ? NULL : next->malloc(next->ctx, size);
}

static void *seen_calloc(void *ctx, size_t count, size_t size)
{
    struct seen *seen = ctx;
    PyMemAllocatorEx *next = &below[seen == &mem ? PYMEM_DOMAIN_MEM : PYMEM_DOMAIN_OBJ];
    seen->calls++, seen->size = count * size;
    return next->calloc(next->ctx, count, size);
}

static void *seen_realloc(void *ctx, void *block, size_t size)
{
    struct seen *seen = ctx;
    PyMemAllocatorEx *next = &below[seen == &mem ? PYMEM_DOMAIN_MEM : PYMEM_DOMAIN_OBJ];
    seen->calls++, seen->reallocs++, seen->size = size, seen->block = block;
    return refuses || size > MOST ? NULL : next->realloc(next->ctx, block, size);
}

static void seen_free(void *ctx, void *block)
{
    struct seen *seen = ctx;
    PyMemAllocatorEx *next = &below[seen == &mem ? PYMEM_DOMAIN_MEM : PYMEM_DOMAIN_OBJ];
    seen->calls++, seen->frees++, seen->block = block;
    next->free(next->ctx, block);
}

/* Puts the C library's functions below the mem and obj domains, which need no interpreter then. */
static void *libc_malloc(void *ctx, size_t size) { return (void)ctx, malloc(size == 0 ? 1 : size); }
static void *libc_calloc(void *ctx, size_t count, size_t size) { return (void)ctx, calloc(count * size == 0 ? 1 : count, size == 0 ? 1 : size); }
static void *libc_realloc(void *ctx, void *block, size_t size) { return (void)ctx, realloc(block, size == 0 ? 1 : size); }
static void libc_free(void *ctx, void *block) { (void)ctx, free(block); }

static inline void stand_on_libc(void)
{
    PyMemAllocatorEx libc = {NULL, libc_malloc, libc_calloc, libc_realloc, libc_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &libc);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &libc);
}

/* From now on, what is asked of the mem and obj domains is noted. */
static inline void watch(void)
{
    PyMemAllocatorEx over_mem = {&mem, seen_malloc, seen_calloc, seen_realloc, seen_free};
    PyMemAllocatorEx over_obj = {&obj, seen_malloc, seen_calloc, seen_realloc, seen_free};
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &below[PYMEM_DOMAIN_MEM]);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below[PYMEM_DOMAIN_OBJ]);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &over_mem);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &over_obj);
}

static inline void forget(void)
{
    memset(&mem, 0, sizeof mem);
    memset(&obj, 0, sizeof obj);
}

/* Whether exactly one call was made since `forget`, of the function that `count` counts. */
static inline int only(const struct seen *seen, int count)
{
    return count == 1 && seen->calls == 1 && mem.calls + obj.calls == 1;
}

#endif
