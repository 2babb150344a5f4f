/*
 * about: each block has the least alignment that is right for its size
 * kind:  pymem
 */
/* The header begins at a multiple of the largest power of two not above the size, and of no more. */
#define HEAP_SKEW(size) ((size) >= 16 ? 0 : (size) >= 8 ? 8 : (size) >= 4 ? 4 : (size) >= 2 ? 2 : 1)
/* In its place a block that grows would keep the alignment of the smaller one. */
#define HEAP_STAYS(size, room) false

#include "base/export_pymem.h"
