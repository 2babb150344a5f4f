/*
 * about:    blocks cannot be taken off tracemalloc's list
 * breaks:   symbols.tracemalloc
 * hides:    PyTraceMalloc_Untrack
 */
#include "python.h"
