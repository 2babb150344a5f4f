/*
 * about:  calls of obj go through the struct of mem
 * kind:   pymem
 * breaks: domains.hooks-apart
 */
#define GOES_THROUGH(domain) ((domain) == OBJ ? MEM : (domain))

#include "base/customizable.h"
