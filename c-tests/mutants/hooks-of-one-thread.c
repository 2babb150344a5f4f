/*
 * about:  debug hooks hold for the thread that set them up
 * kind:   pymem
 * breaks: threads.exit
 * dies:   the hooks find no frame of theirs around a block of another thread
 */
#define SLOTS_ARE _Thread_local

#include "base/customizable.h"
