#include "hook.h"

static PyMemAllocatorEx raw;
static int count;
struct call last_call;

static void note(struct call call)
{
    count++;
    last_call = call;
}

static void *noted_malloc(void *ctx, size_t size)
{
    note((struct call){'m', NULL, size, 0});
    return raw.malloc(raw.ctx, size);
}

static void *noted_calloc(void *ctx, size_t nelem, size_t elsize)
{
    note((struct call){'c', NULL, nelem, elsize});
    return raw.calloc(raw.ctx, nelem, elsize);
}

static void *noted_realloc(void *ctx, void *block, size_t size)
{
    note((struct call){'r', block, size, 0});
    return raw.realloc(raw.ctx, block, size);
}

static void noted_free(void *ctx, void *block)
{
    note((struct call){'f', block, 0, 0});
    raw.free(raw.ctx, block);
}

void hook_raw(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMemAllocatorEx hook = {NULL, noted_malloc, noted_calloc, noted_realloc, noted_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &hook);
}

int calls(void)
{
    int result = count;
    count = 0;
    return result;
}
