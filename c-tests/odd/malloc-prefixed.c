/*
 * about: the base as a malloc family behind je_
 * kind:  malloc
 */
#define MALLOC_PREFIX je_

#include "base/export_malloc.h"
