/* An allocator that keeps the contract, for witnesses to be tried on: the C library's. */
#include <stdlib.h>

struct table {
    void *ctx;
    void *(*malloc)(void *ctx, size_t size);
    void *(*calloc)(void *ctx, size_t nelem, size_t elsize);
    void *(*realloc)(void *ctx, void *ptr, size_t new_size);
    void (*free)(void *ctx, void *ptr);
};

static void *of_malloc(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size ? size : 1);
}

static void *of_calloc(void *ctx, size_t nelem, size_t elsize)
{
    (void)ctx;
    return nelem && elsize ? calloc(nelem, elsize) : calloc(1, 1);
}

static void *of_realloc(void *ctx, void *ptr, size_t size)
{
    (void)ctx;
    return realloc(ptr, size ? size : 1);
}

static void of_free(void *ctx, void *ptr)
{
    (void)ctx;
    free(ptr);
}

int SYMBOL(int domain, struct table *out)
{
    *out = (struct table){NULL, of_malloc, of_calloc, of_realloc, of_free};
    return domain < 0 || domain > 2;
}
