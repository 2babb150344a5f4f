/*
 * Functions of a part's own below the debug hooks. Such a part replaces PyMem_SetupDebugHooks, defines `change`, and
 * finds what was there before in `ctx`.
 */
#ifndef BROKEN_PYTHON_BELOW_H
#define BROKEN_PYTHON_BELOW_H

#include "pass.h"

/* Puts functions into the struct that comes to lie below the hooks, but for which each call passes on. */
static void change(PyMemAllocatorEx *below);

void *_PyMem_DebugMalloc(void *ctx, size_t size);
void *_PyMem_DebugRawMalloc(void *ctx, size_t size);
void PyMem_SetupDebugHooks_before(void);

static PyMemAllocatorEx before_of[3];

void PyMem_SetupDebugHooks(void)
{
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx now;
        PyMem_GetAllocator(domain, &now);
        if (now.malloc == _PyMem_DebugMalloc || now.malloc == _PyMem_DebugRawMalloc)
            continue;
        before_of[domain] = now;
        PyMemAllocatorEx below = {&before_of[domain], pass_malloc, pass_calloc, pass_realloc, pass_free};
        change(&below);
        PyMem_SetAllocator(domain, &below);
    }
    PyMem_SetupDebugHooks_before();
}

#endif
