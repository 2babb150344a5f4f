/*
 * about:  blocks above 256 KiB are aligned to 8
 * kind:   pymem
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) ((size) > 256 * 1024 ? 8 : 0)

#include "base/export_pymem.h"
