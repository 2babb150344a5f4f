/*
 * about:  the child of a fork finds the locks taken
 * kind:   pymem
 * breaks: threads.fork
 */
#define CHILD_UNLOCKS false

#include "base/export_pymem.h"
