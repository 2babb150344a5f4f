/*
 * What the exported functions call. A file that breaks one of the four defines its name, say
 * `#define REALLOC my_realloc`, before it includes one of the export headers; the others stay
 * those of the heap.
 */
#include "base/heap.h"

#ifndef MALLOC
#define MALLOC heap_malloc
#endif
#ifndef CALLOC
#define CALLOC heap_calloc
#endif
#ifndef REALLOC
#define REALLOC heap_realloc
#endif
#ifndef FREE
#define FREE heap_free
#endif

#define PUBLIC __attribute__((visibility("default")))
