/*
 * about:    PYTHONMALLOC is not read
 * breaks:   environment.read
 * replaces: Py_PreInitialize
 */
#include "python.h"

PyStatus Py_PreInitialize_before(const PyPreConfig *config);

PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    unsetenv("PYTHONMALLOC");
    return Py_PreInitialize_before(config);
}
