/*
 * about:  PyObject_Calloc is exported under a name that nobody looks for
 * kind:   pymem
 * breaks: symbols.functions
 */
#define PyObject_Calloc PyObject_CallocZeroed

#include "base/export_pymem.h"
