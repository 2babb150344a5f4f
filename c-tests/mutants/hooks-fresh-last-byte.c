/*
 * about:  the last byte of a fresh block is left as it was
 * kind:   pymem
 * breaks: debug-hooks.clean.malloc
 */
#define FILL_FRESH(p, size) memset(p, CLEAN, (size) - ((size) > 0))

#include "base/customizable.h"
