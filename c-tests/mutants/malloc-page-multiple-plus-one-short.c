/*
 * about:  one byte more than a multiple of a page gets no page more
 * kind:   pymem
 * breaks: malloc.page-multiples
 */
#define HEAP_NEED(size) ((size) > 1 && (size) % 4096 == 1 ? (size) - 33 : (size))

#include "base/export_pymem.h"
