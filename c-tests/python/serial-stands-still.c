/*
 * about:    small blocks have the same serial number
 * breaks:   debug-hooks.layout.serial-number
 * python:   3.7
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "one-number.h"
