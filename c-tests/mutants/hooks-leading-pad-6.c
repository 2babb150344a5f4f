/*
 * about:  the byte right before a block is no guard byte
 * kind:   pymem
 * breaks: debug-hooks.layout.leading-pad
 */
#define LEADING_PAD 6

#include "base/customizable.h"
