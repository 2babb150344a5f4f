/*
 * about:  the child of a fork finds the lock of a prefixed family taken
 * kind:   malloc
 * breaks: threads.fork
 */
#define CHILD_UNLOCKS false
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
