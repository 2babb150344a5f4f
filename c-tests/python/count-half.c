/*
 * about:    sys.getallocatedblocks counts every second block
 * breaks:   pymalloc.count
 * replaces: _Py_GetGlobalAllocatedBlocks
 */
#include "python.h"

Py_ssize_t _Py_GetGlobalAllocatedBlocks_before(void);

Py_ssize_t _Py_GetGlobalAllocatedBlocks(void)
{
    return _Py_GetGlobalAllocatedBlocks_before() / 2;
}
