/*
 * about:  blocks from 1 MiB on are a page short
 * kind:   pymem
 * breaks: malloc.large
 * dies:   the last page of a block is not there
 */
#define HEAP_NEED(size) ((size) >= 1024 * 1024 ? (size) - 4096 : (size))

#include "base/export_pymem.h"
