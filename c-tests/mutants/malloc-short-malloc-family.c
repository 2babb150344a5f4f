/*
 * about:  a block of 100 bytes of a prefixed family has room for 96
 * kind:   malloc
 * breaks: malloc.usable
 * dies:   what the caller may write goes past the end of a mapping
 */
#define HEAP_NEED(size) ((size) == 100 ? 96 : (size))
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
