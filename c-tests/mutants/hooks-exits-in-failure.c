/*
 * about:  what is found is said, and the process exits with status 1
 * kind:   pymem
 * breaks: debug-hooks.detects.underflow.free
 */
#define END() _exit(1)

#include "base/customizable.h"
