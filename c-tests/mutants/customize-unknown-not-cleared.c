/*
 * about:  for a number that is no domain, what was in the struct stays there
 * kind:   pymem
 * breaks: customize.unknown-domain
 */
#define GET_UNKNOWN(out) ((void)0)

#include "base/customizable.h"
