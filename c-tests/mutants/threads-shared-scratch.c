/*
 * about:  PyMem_RawCalloc notes what it made where another thread overwrites it
 * kind:   pymem
 * breaks: threads.concurrent
 * dies:   two threads that got the same block free it twice
 */
#include "base/heap.h"

#include <sched.h>

static void *volatile made;

static void *bad_calloc(enum domain domain, size_t count, size_t size)
{
    made = heap_calloc(domain, count, size);
    sched_yield();
    return made;
}
#define CALLOC bad_calloc

#include "base/export_pymem.h"
