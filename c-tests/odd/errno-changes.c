/*
 * about: every operation leaves something in errno
 * kind:  pymem
 */
#include "base/pool.h"

#include <errno.h>

static void *noisy_take(enum domain domain, size_t total)
{
    void *block = pool_take(domain, total);
    errno = EINTR;
    return block;
}
#define HEAP_TAKE noisy_take

static void noisy_give(enum domain domain, void *block, size_t total)
{
    pool_give(domain, block, total);
    errno = EAGAIN;
}
#define HEAP_GIVE noisy_give

#include "base/export_pymem.h"
