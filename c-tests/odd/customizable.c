/*
 * about:   allocators can be exchanged, and debug hooks laid over them
 * kind:    pymem
 * control: what mutants are changes of
 */
#include "base/customizable.h"
