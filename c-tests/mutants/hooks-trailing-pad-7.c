/*
 * about:  seven guard bytes stand behind a block
 * kind:   pymem
 * breaks: debug-hooks.layout.trailing-pad
 */
#define TRAILING_PAD 7

#include "base/customizable.h"
