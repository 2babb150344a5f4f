/*
 * about:  PyMem_RawRealloc is missing
 * kind:   pymem
 * breaks: symbols.functions
 */
#define PyMem_RawRealloc unexported_realloc

#include "base/export_pymem.h"
