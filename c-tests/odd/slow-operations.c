/*
 * about:  each operation takes 0.3 ms
 * kind:   pymem
 * judged: zero-size alignment calloc free integrity
 * asked:  zero-size.malloc.distinct limits.realloc.above-ssize-max free.null limits.malloc.unsatisfiable
 */
#include "base/pool.h"

#include <unistd.h>

static void *take_slowly(enum domain domain, size_t total)
{
    usleep(300);
    return pool_take(domain, total);
}
#define HEAP_TAKE take_slowly

static void give_slowly(enum domain domain, void *block, size_t total)
{
    usleep(300);
    pool_give(domain, block, total);
}
#define HEAP_GIVE give_slowly

#include "base/export_pymem.h"
