/* Exports `pymem_get_allocator`, which hands out one struct of functions for each domain. */
#include "base/overrides.h"

typedef struct {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t count, size_t size);
    void *(*realloc)(void *ctx, void *p, size_t size);
    void (*free)(void *ctx, void *p);
} PyMemAllocatorEx;

/* Hook: whether the allocator has a domain. */
#ifndef HAS_DOMAIN
#define HAS_DOMAIN(domain) ((domain) >= RAW && (domain) <= OBJ)
#endif

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

PUBLIC int pymem_get_allocator(int domain, PyMemAllocatorEx *out)
{
    if (!HAS_DOMAIN(domain))
        return -1;
    *out = (PyMemAllocatorEx){&contexts[domain], table_malloc, table_calloc, table_realloc, table_free};
    return 0;
}
