/* Exports `pymem_get_allocator`, which hands out one struct of functions for each domain. */
#include "base/tables.h"

/* Hook: whether the allocator has a domain. */
#ifndef HAS_DOMAIN
#define HAS_DOMAIN(domain) ((domain) >= RAW && (domain) <= OBJ)
#endif

PUBLIC int pymem_get_allocator(int domain, PyMemAllocatorEx *out)
{
    if (!HAS_DOMAIN(domain))
        return -1;
    *out = (PyMemAllocatorEx)HEAP_TABLE(domain);
    return 0;
}
