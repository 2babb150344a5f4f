/*
 * about:    the start of an interpreter puts the C library back into raw
 * breaks:   customize.before-start
 * replaces: Py_InitializeEx
 */
#include "python.h"

int _PyMem_SetDefaultAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *old);
void Py_InitializeEx_before(int signals);

void Py_InitializeEx(int signals)
{
    Py_InitializeEx_before(signals);
    _PyMem_SetDefaultAllocator(PYMEM_DOMAIN_RAW, NULL);
}
