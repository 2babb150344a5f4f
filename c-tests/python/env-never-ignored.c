/*
 * about:    PYTHONMALLOC is read by who ignores the environment, too
 * breaks:   environment.ignored
 * replaces: Py_PreInitialize
 */
#include "python.h"

PyStatus Py_PreInitialize_before(const PyPreConfig *config);

PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    PyPreConfig changed = *config;
    changed.use_environment = 1;
    return Py_PreInitialize_before(&changed);
}
