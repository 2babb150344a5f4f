/*
 * about:    nobody can ask whether an object is finalized
 * breaks:   symbols.gc-queries
 * hides:    PyObject_GC_IsFinalized
 */
#include "python.h"
