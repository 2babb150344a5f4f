/*
 * about:    an interpreter's start reads PYTHONMALLOC, whoever embeds it
 * breaks:   environment.unread
 * python:   3.6
 * replaces: Py_InitializeEx
 */
#include "python.h"

int _PyMem_SetupAllocators(const char *name);
void Py_InitializeEx_before(int signals);

void Py_InitializeEx(int signals)
{
    const char *name = getenv("PYTHONMALLOC");
    if (name && *name)
        _PyMem_SetupAllocators(name);
    Py_InitializeEx_before(signals);
}
