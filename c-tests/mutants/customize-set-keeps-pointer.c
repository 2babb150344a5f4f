/*
 * about:  the struct set for obj is kept by its address
 * kind:   pymem
 * breaks: customize.copies
 */
static void *kept;

#define STORE(domain, table) ((domain) == OBJ ? (void)(kept = (table)) : (void)(slots[domain] = *(table)))
#define SLOT(domain) ((domain) == OBJ && kept ? (PyMemAllocatorEx *)kept : &slots[domain])

#include "base/customizable.h"
