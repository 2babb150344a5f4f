/*
 * about: a block that shrinks keeps its place and its room
 * kind:  pymem
 */
#define HEAP_STAYS(size, room) true

#include "base/export_pymem.h"
