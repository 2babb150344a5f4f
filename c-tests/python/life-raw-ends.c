/*
 * about:    blocks of raw cannot be freed after the end of an interpreter
 * breaks:   lifecycle.raw-outlives
 * dies:     it takes a free after the end for a mistake
 * replaces: Py_FinalizeEx PyMem_RawFree
 */
#include "python.h"

int Py_FinalizeEx_before(void);
void PyMem_RawFree_before(void *block);
static int has_ended;

int Py_FinalizeEx(void)
{
    int result = Py_FinalizeEx_before();
    has_ended = 1;
    return result;
}

void PyMem_RawFree(void *block)
{
    if (has_ended && block)
        abort();
    PyMem_RawFree_before(block);
}
