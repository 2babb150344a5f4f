/*
 * about:  a large block for which no second small one is to be had is forgotten
 * kind:   pymem
 * breaks: customize.failure-sweep.raw
 */
#define LARGE(total) with_twin(total)

static void *with_twin(unsigned long total);

#include "base/arenas.h"

static void *with_twin(size_t total)
{
    void *block = PyMem_RawMalloc(total);
    void *twin = PyMem_RawMalloc(16);
    if (!twin)
        return NULL;
    PyMem_RawFree(twin);
    return block;
}
