/*
 * about:    the end of an interpreter puts the C library back into raw
 * breaks:   customize.after-end
 * replaces: Py_FinalizeEx
 */
#include "python.h"

int _PyMem_SetDefaultAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *old);
int Py_FinalizeEx_before(void);

int Py_FinalizeEx(void)
{
    int result = Py_FinalizeEx_before();
    _PyMem_SetDefaultAllocator(PYMEM_DOMAIN_RAW, NULL);
    return result;
}
