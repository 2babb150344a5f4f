/*
 * about:  where the size is a multiple of a page, the header takes its place from the block
 * kind:   pymem
 * breaks: malloc.page-multiples
 * dies:   what the caller may write goes past the end of a mapping
 */
#define HEAP_NEED(size) ((size) && (size) % 4096 == 0 ? (size) - 32 : (size))

#include "base/export_pymem.h"
