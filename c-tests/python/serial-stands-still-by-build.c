/*
 * about:    in a build that asks for serial numbers, small blocks have the same
 * breaks:   debug-hooks.layout.serial-number-by-build
 * python:   3.11-serial-number
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "one-number.h"
