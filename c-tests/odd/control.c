/*
 * about:   nothing odd at all: the base that every other one is a change of
 * kind:    pymem
 * control: what mutants are changes of
 */
#include "base/export_pymem.h"
