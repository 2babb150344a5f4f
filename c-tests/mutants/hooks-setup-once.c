/*
 * about:  debug hooks are laid over a domain only once
 * kind:   pymem
 * breaks: debug-hooks.setup.over-replacement
 */
#define LAYS(domain) (layer_count < DOMAINS)

#include "base/customizable.h"
