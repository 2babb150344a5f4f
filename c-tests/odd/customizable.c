/*
 * about: allocators can be exchanged, and debug hooks laid over them
 * kind:  pymem
 */
#include "base/customizable.h"
