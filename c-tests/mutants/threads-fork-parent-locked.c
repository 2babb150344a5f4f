/*
 * about:  the parent of a fork finds the locks taken afterwards
 * kind:   pymem
 * breaks: threads.fork
 */
#define PARENT_UNLOCKS false

#include "base/export_pymem.h"
