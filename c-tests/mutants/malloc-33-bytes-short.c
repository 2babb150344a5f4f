/*
 * about:  a block of 33 bytes has room for 32
 * kind:   pymem
 * breaks: malloc.usable
 * dies:   the last byte of a block is the first of the list of free blocks
 */
#define HEAP_NEED(size) ((size) == 33 ? 32 : (size))

#include "base/export_pymem.h"
