/*
 * about:  debug hooks hold for the thread that set them up
 * kind:   pymem
 * breaks: threads.exit
 */
#define SLOTS_ARE _Thread_local

#include "base/customizable.h"
