/*
 * about:  the size before a block has its least significant byte first
 * kind:   pymem
 * breaks: debug-hooks.layout.size
 */
#define SIZE_SHIFT(i) (8 * (i))

#include "base/customizable.h"
