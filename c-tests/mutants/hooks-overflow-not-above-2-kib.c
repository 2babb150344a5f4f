/*
 * about:  the guard bytes behind a block of more than 2 KiB are not looked at
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#define TRAILING_TO(finder) (stored_size(p) > 2048 ? 0 : TRAILING_PAD)

#include "base/customizable.h"
