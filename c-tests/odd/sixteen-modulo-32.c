/*
 * about: every address is 16 modulo 32
 * kind:  pymem
 */
#include "base/pool.h"

/* Blocks are multiples of 32 bytes, and so start at multiples of 32: the header is 32 long. */
#define HEAP_SKEW(size) 16
#define HEAP_NEED(size) (round_up((size) + 16, 32) - 16)

#include "base/export_pymem.h"
