/*
 * about:  what is found is said, and the process ends as if all were well
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#define END() _exit(0)

#include "base/customizable.h"
