/*
 * about:  malloc of obj is called through the address of the struct that was set, not through the copy
 * kind:   pymem
 * breaks: customize.copies
 */
static void *kept;

#define STORE(domain, table) (kept = (domain) == OBJ ? (table) : kept, slots[domain] = *(table))
#define CALLED(t) (kept && (t) == &slots[OBJ] ? (PyMemAllocatorEx *)kept : (t))
#define CALL_MALLOC(t, size) CALLED(t)->malloc(CALLED(t)->ctx, size)

#include "base/customizable.h"
