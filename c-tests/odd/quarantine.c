/*
 * about: freed blocks wait, up to 64 MiB of them, until they serve again
 * kind:  pymem
 */
#include "base/pool.h"

/* Freed blocks of a domain, the oldest first. */
struct waiting {
    struct waiting *next;
    size_t total;
};
static struct { struct waiting *oldest, *newest; size_t bytes; } quarantine[DOMAINS];

enum { QUARANTINE = (64 << 20) / DOMAINS };

static struct waiting *pop_oldest(enum domain domain)
{
    struct waiting *block = quarantine[domain].oldest;
    quarantine[domain].oldest = block->next;
    if (!block->next)
        quarantine[domain].newest = NULL;
    quarantine[domain].bytes -= block->total;
    return block;
}

static void push_newest(enum domain domain, struct waiting *block)
{
    if (quarantine[domain].newest)
        quarantine[domain].newest->next = block;
    else
        quarantine[domain].oldest = block;
    quarantine[domain].newest = block;
    quarantine[domain].bytes += block->total;
}

static void give_later(enum domain domain, void *start, size_t total)
{
    struct waiting *block = start, *released = NULL;
    *block = (struct waiting){NULL, total};
    lock_domain(domain);
    push_newest(domain, block);
    while (quarantine[domain].bytes > QUARANTINE) {
        struct waiting *oldest = pop_oldest(domain);
        oldest->next = released;
        released = oldest;
    }
    unlock_domain(domain);
    while (released) {
        struct waiting *next = released->next;
        pool_give(domain, released, released->total);
        released = next;
    }
}
#define HEAP_GIVE give_later

#include "base/export_pymem.h"
