/*
 * about:  a block of 513 bytes has room for 512
 * kind:   pymem
 * breaks: malloc.usable
 */
#define HEAP_NEED(size) ((size) == 513 ? 512 : (size))

#include "base/export_pymem.h"
