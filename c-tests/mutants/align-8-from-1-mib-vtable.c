/*
 * about:  a table whose blocks from 1 MiB on are aligned to 8
 * kind:   vtable
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) ((size) >= 1 << 20 ? 8 : 0)

#include "base/export_vtable.h"
