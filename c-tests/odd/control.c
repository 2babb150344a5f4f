/*
 * about: nothing odd at all: the base that every other one is a change of
 * kind:  pymem
 */
#include "base/export_pymem.h"
