/*
 * about:  raw takes no lock
 * kind:   pymem
 * breaks: threads.concurrent
 */
#include <sched.h>

#define DOMAIN_LOCKED(domain) ((domain) != RAW)
#define POOL_GAP(domain) sched_yield()

#include "base/export_pymem.h"
