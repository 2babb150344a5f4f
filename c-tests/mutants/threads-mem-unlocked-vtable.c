/*
 * about:  a table whose mem domain takes no lock
 * kind:   vtable
 * breaks: threads.concurrent
 */
#include <sched.h>

#define DOMAIN_LOCKED(domain) ((domain) != MEM)
#define POOL_GAP(domain) sched_yield()

#include "base/export_vtable.h"
