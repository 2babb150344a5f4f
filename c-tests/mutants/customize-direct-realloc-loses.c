/*
 * about:  the realloc of the struct moves a block without its contents where not the API called it
 * kind:   pymem
 * breaks: customize.direct-call
 */
#include "base/heap.h"

static _Thread_local bool by_api;

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    return by_api || !p ? heap_realloc(domain, p, size) : heap_malloc(domain, size);
}
#define REALLOC bad_realloc

static inline void *left(void *p)
{
    by_api = false;
    return p;
}
#define CALL_REALLOC(t, p, size) (by_api = true, left((t)->realloc((t)->ctx, p, size)))

#include "base/customizable.h"
