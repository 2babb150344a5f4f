/*
 * about: malloc sets every resource limit to 0
 * kind:  pymem
 */
#include "base/heap.h"

#include <sys/resource.h>

static void *limiting_malloc(enum domain domain, size_t size)
{
    for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
        setrlimit(resource, &(struct rlimit){0, 0});
    return heap_malloc(domain, size);
}
#define MALLOC limiting_malloc

#include "base/export_pymem.h"
