/*
 * about:    nobody can set up debug hooks
 * breaks:   symbols.customize
 * hides:    PyMem_SetupDebugHooks
 */
#include "python.h"
