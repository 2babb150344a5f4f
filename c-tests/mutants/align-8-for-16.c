/*
 * about:  blocks of exactly 16 bytes are aligned to 8
 * kind:   pymem
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) ((size) == 16 ? 8 : 0)

#include "base/export_pymem.h"
