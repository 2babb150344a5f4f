/*
 * about:  blocks of 3 bytes have odd addresses
 * kind:   pymem
 * breaks: alignment.malloc
 */
#define HEAP_SKEW(size) ((size) == 3 ? 1 : 0)

#include "base/export_pymem.h"
