/*
 * about:    emptying a block ends the process once a zero-size request with a huge factor was served in it
 * breaks:   robustness.survives
 * replaces: PyMem_Calloc PyMem_Realloc
 */
#include "python.h"

void *PyMem_Calloc_before(size_t nelem, size_t elsize);
void *PyMem_Realloc_before(void *block, size_t size);
static int is_spoilt;

void *PyMem_Calloc(size_t nelem, size_t elsize)
{
    if ((nelem == 0 && elsize > PY_SSIZE_T_MAX) || (elsize == 0 && nelem > PY_SSIZE_T_MAX))
        is_spoilt = 1;
    return PyMem_Calloc_before(nelem, elsize);
}

void *PyMem_Realloc(void *block, size_t size)
{
    if (is_spoilt && block && size == 0)
        abort();
    return PyMem_Realloc_before(block, size);
}
