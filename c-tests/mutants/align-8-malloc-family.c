/*
 * about:  a malloc family that aligns everything to 8
 * kind:   malloc
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) 8
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
