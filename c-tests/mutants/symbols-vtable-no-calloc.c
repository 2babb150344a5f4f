/*
 * about:  the table of obj has NULL for its calloc
 * kind:   vtable
 * breaks: symbols.vtable
 */
#include "base/tables.h"

PUBLIC int pymem_get_allocator(int domain, PyMemAllocatorEx *out)
{
    if (domain < RAW || domain > OBJ)
        return -1;
    *out = (PyMemAllocatorEx)HEAP_TABLE(domain);
    if (domain == OBJ)
        out->calloc = NULL;
    return 0;
}
