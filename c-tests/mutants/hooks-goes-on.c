/*
 * about:  what is found is said, and the call goes on
 * kind:   pymem
 * breaks: debug-hooks.detects.overflow.free
 */
#define END() ((void)0)

#include "base/customizable.h"
