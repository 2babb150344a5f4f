/*
 * about:  once the struct from the beginning is set again, calloc still goes to the one set before
 * kind:   pymem
 * breaks: customize.restores
 */
#include "base/tables.h"

static PyMemAllocatorEx last[DOMAINS];

#define STORE(domain, table) (last[domain] = slots[domain], slots[domain] = *(table))
#define STALE(t) ((t)->calloc == table_calloc && last[(t) - slots].calloc ? &last[(t) - slots] : (t))
#define CALL_CALLOC(t, count, size) STALE(t)->calloc(STALE(t)->ctx, count, size)

#include "base/customizable.h"
