/*
 * about:  the layer keeps eight bytes too many before a block, and with them loses the alignment from below
 * kind:   pymem
 * breaks: alignment.malloc
 */
#define LEAD 8

#include "base/customizable.h"
