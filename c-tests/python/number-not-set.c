/*
 * about:    the number 0 means the default allocators, whatever the environment says
 * breaks:   environment.preconfig.not-set
 * replaces: Py_PreInitialize
 */
#include "python.h"

PyStatus Py_PreInitialize_before(const PyPreConfig *config);

PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    PyPreConfig changed = *config;
    if (changed.allocator == PYMEM_ALLOCATOR_NOT_SET)
        changed.allocator = PYMEM_ALLOCATOR_DEFAULT;
    return Py_PreInitialize_before(&changed);
}
