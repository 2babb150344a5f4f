/* The struct of functions that a domain has, and the one that calls what overrides.h names. */
#ifndef BASE_TABLES_H
#define BASE_TABLES_H

#include "base/overrides.h"

typedef struct {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t count, size_t size);
    void *(*realloc)(void *ctx, void *p, size_t size);
    void (*free)(void *ctx, void *p);
} PyMemAllocatorEx;

static enum domain contexts[DOMAINS] = {RAW, MEM, OBJ};

static void *table_malloc(void *ctx, size_t size)
{
    return MALLOC(*(enum domain *)ctx, size);
}

static void *table_calloc(void *ctx, size_t count, size_t size)
{
    return CALLOC(*(enum domain *)ctx, count, size);
}

static void *table_realloc(void *ctx, void *p, size_t size)
{
    return REALLOC(*(enum domain *)ctx, p, size);
}

static void table_free(void *ctx, void *p)
{
    FREE(*(enum domain *)ctx, p);
}

#define HEAP_TABLE(domain) {&contexts[domain], table_malloc, table_calloc, table_realloc, table_free}

#endif
