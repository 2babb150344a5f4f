/*
 * about: blocks of at most 8 bytes are aligned to 8 only
 * kind:  pymem
 */
#define HEAP_SKEW(size) ((size) <= 8 ? 8 : 0)

#include "base/export_pymem.h"
