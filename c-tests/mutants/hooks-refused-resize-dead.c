/*
 * about:  the bytes before a block are dead after a refused resize
 * kind:   pymem
 * breaks: debug-hooks.refused-resize
 */
#define RESTORE(start, front) ((void)(front))

#include "base/customizable.h"
