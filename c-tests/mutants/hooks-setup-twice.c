/*
 * about:  a second set-up lays a second layer over the first
 * kind:   pymem
 * breaks: debug-hooks.setup.again
 */
#define LAYS(domain) true

#include "base/customizable.h"
