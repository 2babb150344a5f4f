/*
 * about:    the C library serves mem
 * breaks:   defaults.server
 * replaces: PyMem_Malloc PyMem_Calloc PyMem_Realloc PyMem_Free
 */
#include "python.h"

void *PyMem_Malloc(size_t size) { return PyMem_RawMalloc(size); }
void *PyMem_Calloc(size_t nelem, size_t elsize) { return PyMem_RawCalloc(nelem, elsize); }
void *PyMem_Realloc(void *block, size_t size) { return PyMem_RawRealloc(block, size); }
void PyMem_Free(void *block) { PyMem_RawFree(block); }
