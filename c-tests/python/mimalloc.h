/*
 * Takes the place of the function that chooses allocators. Where mimalloc was chosen, `change`, which the part
 * defines, has a word on what was installed.
 */
#ifndef BROKEN_MIMALLOC_H
#define BROKEN_MIMALLOC_H

#include "python.h"

int _PyMem_SetupAllocators_before(PyMemAllocatorName allocator);

static void change(void);

int _PyMem_SetupAllocators(PyMemAllocatorName allocator)
{
    int result = _PyMem_SetupAllocators_before(allocator);
    if (result == 0 && allocator == PYMEM_ALLOCATOR_MIMALLOC)
        change();
    return result;
}

#endif
