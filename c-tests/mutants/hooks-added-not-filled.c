/*
 * about:  the bytes that a resize adds are left as they were
 * kind:   pymem
 * breaks: debug-hooks.clean.realloc
 */
#define FILL_ADDED(p, old, size) ((void)0)

#include "base/customizable.h"
