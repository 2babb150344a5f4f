/*
 * about:   every function is wrapped as in a mutant, and nothing is changed
 * kind:    pymem
 * control: a mutation that changes nothing
 */
#include "base/heap.h"

static void *same_malloc(enum domain domain, size_t size) { return heap_malloc(domain, size); }
#define MALLOC same_malloc

static void *same_calloc(enum domain domain, size_t count, size_t size) { return heap_calloc(domain, count, size); }
#define CALLOC same_calloc

static void *same_realloc(enum domain domain, void *p, size_t size) { return heap_realloc(domain, p, size); }
#define REALLOC same_realloc

static void same_free(enum domain domain, void *p) { heap_free(domain, p); }
#define FREE same_free

#include "base/export_pymem.h"
