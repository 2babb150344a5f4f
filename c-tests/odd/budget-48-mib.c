/*
 * about: 48 MiB for all blocks together, NULL beyond
 * kind:  pymem
 */
#include "base/pool.h"

#include <stdatomic.h>

#define BUDGET ((size_t)48 << 20)
static atomic_size_t used;

static void *take_within_budget(enum domain domain, size_t total)
{
    if (total > BUDGET)
        return NULL;
    bool within = (used += total) <= BUDGET;
    void *block = within ? pool_take(domain, total) : NULL;
    if (!block)
        used -= total;
    return block;
}
#define HEAP_TAKE take_within_budget

static void give_within_budget(enum domain domain, void *block, size_t total)
{
    pool_give(domain, block, total);
    used -= total;
}
#define HEAP_GIVE give_within_budget

#include "base/export_pymem.h"
