/*
 * about:  a block of 513 bytes has room for 512
 * kind:   pymem
 * breaks: malloc.usable
 * dies:   the last byte of a block is the first of the list of free blocks
 */
#define HEAP_NEED(size) ((size) == 513 ? 512 : (size))

#include "base/export_pymem.h"
