/*
 * about:  raw takes no lock
 * kind:   pymem
 * breaks: threads.concurrent
 * dies:   two threads that change a list at once leave one that leads nowhere
 */
#include <sched.h>

#define DOMAIN_LOCKED(domain) ((domain) != RAW)
#define POOL_GAP(domain) sched_yield()

#include "base/export_pymem.h"
