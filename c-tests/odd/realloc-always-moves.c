/*
 * about: every resize moves the block
 * kind:  pymem
 */
#define HEAP_STAYS(size, room) false

#include "base/export_pymem.h"
