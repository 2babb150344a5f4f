/*
 * Takes the place of the functions that exchange the arena allocator: whatever is installed is asked by
 * way of `alloc_from` and `free_to`, which the part defines, while nobody is told.
 */
#ifndef BROKEN_ARENAS_H
#define BROKEN_ARENAS_H

#include "python.h"

void PyObject_GetArenaAllocator_before(PyObjectArenaAllocator *allocator);
void PyObject_SetArenaAllocator_before(PyObjectArenaAllocator *allocator);

/* The one from the beginning, and the one that was installed, if any is. */
static PyObjectArenaAllocator first, current;
static int is_installed;

static void *alloc_from(PyObjectArenaAllocator *installed, size_t size);
static void free_to(PyObjectArenaAllocator *installed, void *arena, size_t size);

static void *alloc_by_part(void *ctx, size_t size)
{
    return alloc_from(&current, size);
}

static void free_by_part(void *ctx, void *arena, size_t size)
{
    free_to(&current, arena, size);
}

void PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    if (is_installed)
        *allocator = current;
    else
        PyObject_GetArenaAllocator_before(allocator);
}

void PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator)
{
    if (!is_installed && !first.alloc)
        PyObject_GetArenaAllocator_before(&first);
    is_installed = memcmp(allocator, &first, sizeof first) != 0;
    current = *allocator;
    PyObjectArenaAllocator by_part = {NULL, alloc_by_part, free_by_part};
    PyObject_SetArenaAllocator_before(is_installed ? &by_part : allocator);
}

#endif
