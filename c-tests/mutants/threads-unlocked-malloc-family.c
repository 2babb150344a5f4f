/*
 * about:  a malloc family that takes no lock
 * kind:   malloc
 * breaks: threads.concurrent
 * dies:   two threads that change a list at once leave one that leads nowhere
 */
#include <sched.h>

#define DOMAIN_LOCKED(domain) (false)
#define POOL_GAP(domain) sched_yield()
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
