/*
 * about:    sys.getallocatedblocks is 1 where the C library serves
 * breaks:   pymalloc.count.none
 * replaces: _Py_GetGlobalAllocatedBlocks
 */
#include "python.h"

Py_ssize_t _Py_GetGlobalAllocatedBlocks_before(void);

Py_ssize_t _Py_GetGlobalAllocatedBlocks(void)
{
    Py_ssize_t blocks = _Py_GetGlobalAllocatedBlocks_before();
    return blocks ? blocks : 1;
}
