/*
 * about:  a second free is told, and the process exits as if all were well
 * kind:   pymem
 * breaks: debug-hooks.detects.double-free
 */
#define END() (p[-8] == DEAD ? _exit(0) : abort())

#include "base/customizable.h"
