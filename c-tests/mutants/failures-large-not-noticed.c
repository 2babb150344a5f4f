/*
 * about:  where raw refuses a large block, its header is written all the same
 * kind:   pymem
 * breaks: customize.failure-sweep.raw
 * dies:   a header is written to NULL
 */
#define LARGE(total) (PyMem_RawMalloc(total) ?: (void *)4096)

#include "base/arenas.h"
