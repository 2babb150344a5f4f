/*
 * about:  the bytes before a freed block stay as they were
 * kind:   pymem
 * breaks: debug-hooks.dead.free
 */
#define FILL_FREED(p, size) memset(p, DEAD, (size) + BEHIND)

#include "base/customizable.h"
