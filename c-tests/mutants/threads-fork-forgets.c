/*
 * about:  the child of a fork makes its blocks over those of the parent
 * kind:   pymem
 * breaks: threads.fork
 */
#include "base/heap.h"

static void rewind_chunks(void)
{
    for (int domain = 0; domain < DOMAINS; domain++)
        if (pools[domain].end) {
            pools[domain].next = pools[domain].end - POOL_CHUNK;
            memset(pools[domain].unused, 0, sizeof pools[domain].unused);
        }
}

__attribute__((constructor)) static void register_rewind(void)
{
    pthread_atfork(NULL, NULL, rewind_chunks);
}

#include "base/export_pymem.h"
