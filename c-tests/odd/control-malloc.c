/*
 * about:   the base as a malloc family under the plain names
 * kind:    malloc
 * control: what mutants are changes of
 */
#include "base/export_malloc.h"
