/*
 * about:  blocks of 65 to 80 bytes are aligned to 8
 * kind:   pymem
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) ((size) > 64 && (size) <= 80 ? 8 : 0)

#include "base/export_pymem.h"
