/*
 * about:  a block of 33 bytes has room for 32
 * kind:   pymem
 * breaks: malloc.usable
 */
#define HEAP_NEED(size) ((size) == 33 ? 32 : (size))

#include "base/export_pymem.h"
