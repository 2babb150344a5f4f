/*
 * about: the plain malloc initialises itself with a call that needs malloc, without end
 * kind:  malloc
 */
#include "base/heap.h"

#include <locale.h>

static bool initialised;

static void *recursing_malloc(enum domain domain, size_t size)
{
    if (!initialised)
        initialised = setlocale(LC_ALL, "C") != NULL && strdup("ready") != NULL;
    return heap_malloc(domain, size);
}
#define MALLOC recursing_malloc

#include "base/export_malloc.h"
