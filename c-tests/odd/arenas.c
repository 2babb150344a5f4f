/*
 * about:   small blocks come from arenas, the allocator of which can be exchanged
 * kind:    pymem
 * control: what mutants are changes of
 */
#include "base/arenas.h"
