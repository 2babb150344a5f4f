/*
 * about:  blocks of 8 to 15 bytes are aligned to 4
 * kind:   pymem
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) ((size) >= 8 && (size) < 16 ? 4 : 0)

#include "base/export_pymem.h"
