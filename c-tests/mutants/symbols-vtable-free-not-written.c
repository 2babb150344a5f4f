/*
 * about:  the free of a table is not written
 * kind:   vtable
 * breaks: symbols.vtable
 */
#include "base/tables.h"

PUBLIC int pymem_get_allocator(int domain, PyMemAllocatorEx *out)
{
    if (domain < RAW || domain > OBJ)
        return -1;
    PyMemAllocatorEx table = HEAP_TABLE(domain);
    memcpy(out, &table, offsetof(PyMemAllocatorEx, free));
    return 0;
}
