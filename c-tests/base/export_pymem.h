/* Exports the twelve functions of the three domains. */
#include "base/overrides.h"

#define EXPORT(prefix, domain)                                                                    \
    PUBLIC void *prefix##Malloc(size_t size) { return MALLOC(domain, size); }                     \
    PUBLIC void *prefix##Calloc(size_t count, size_t size) { return CALLOC(domain, count, size); } \
    PUBLIC void *prefix##Realloc(void *p, size_t size) { return REALLOC(domain, p, size); }       \
    PUBLIC void prefix##Free(void *p) { FREE(domain, p); }

EXPORT(PyMem_Raw, RAW)
EXPORT(PyMem_, MEM)
EXPORT(PyObject_, OBJ)
