/*
 * about: small blocks come from arenas, the allocator of which can be exchanged
 * kind:  pymem
 */
#include "base/arenas.h"
