/*
 * Functions of a part's own over the debug hooks. Such a part replaces PyMem_SetupDebugHooks and _PyMem_SetupAllocators,
 * defines `change`, and finds its own hooks in `ctx`.
 */
#ifndef BROKEN_PYTHON_HOOKS_H
#define BROKEN_PYTHON_HOOKS_H

#include "pass.h"

/* Puts functions into a struct whose own would pass everything on to the hooks of a domain. */
static void change(PyMemAllocatorDomain domain, PyMemAllocatorEx *over);

static PyMemAllocatorEx hooks_of[3], was[3];
static int is_laid[3];

/* The hooks know themselves by what lies on top. */
static void take_off(void)
{
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator(domain, &was[domain]);
        is_laid[domain] = was[domain].ctx == &hooks_of[domain];
        if (is_laid[domain])
            PyMem_SetAllocator(domain, &hooks_of[domain]);
    }
}

static void lay_over(void)
{
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx now;
        PyMem_GetAllocator(domain, &now);
        int is_new = now.malloc != was[domain].malloc || now.ctx != was[domain].ctx;
        /* The default allocators have no ctx, and hooks have one. */
        if (now.ctx == NULL || (!is_new && !is_laid[domain]))
            continue;
        hooks_of[domain] = now;
        PyMemAllocatorEx over = {&hooks_of[domain], pass_malloc, pass_calloc, pass_realloc, pass_free};
        change(domain, &over);
        PyMem_SetAllocator(domain, &over);
    }
}

void PyMem_SetupDebugHooks_before(void);

void PyMem_SetupDebugHooks(void)
{
    take_off();
    PyMem_SetupDebugHooks_before();
    lay_over();
}

#if PY_VERSION_HEX >= 0x03080000
typedef PyMemAllocatorName allocators_name;
#else
typedef const char *allocators_name;
#endif
int _PyMem_SetupAllocators_before(allocators_name name);

int _PyMem_SetupAllocators(allocators_name name)
{
    take_off();
    int result = _PyMem_SetupAllocators_before(name);
    lay_over();
    return result;
}

#endif
