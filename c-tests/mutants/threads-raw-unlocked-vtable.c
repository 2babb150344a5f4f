/*
 * about:  a table whose raw domain takes no lock
 * kind:   vtable
 * breaks: threads.concurrent
 * dies:   two threads that change a list at once leave one that leads nowhere
 */
#include <sched.h>

#define DOMAIN_LOCKED(domain) ((domain) != RAW)
#define POOL_GAP(domain) sched_yield()

#include "base/export_vtable.h"
