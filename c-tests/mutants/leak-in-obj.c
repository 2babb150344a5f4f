/*
 * about:  PyObject_Free does nothing
 * kind:   pymem
 * breaks: resources.small
 */
#include "base/heap.h"

static void bad_free(enum domain domain, void *p)
{
    if (domain != OBJ)
        heap_free(domain, p);
}
#define FREE bad_free

#include "base/export_pymem.h"
