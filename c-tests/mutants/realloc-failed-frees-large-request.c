/*
 * about:  PyObject_Realloc that finds no memory frees the block; above PY_SSIZE_T_MAX it does not
 * kind:   pymem
 * breaks: realloc.failed-keeps
 */
#include "base/heap.h"

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    void *q = heap_realloc(domain, p, size);
    if (!q && domain == OBJ && size <= PY_SSIZE_T_MAX)
        heap_free(domain, p);
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
