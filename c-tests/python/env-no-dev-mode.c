/*
 * about:    PYTHONDEVMODE is not read
 * breaks:   environment.dev-mode
 * replaces: Py_PreInitialize
 */
#include "python.h"

PyStatus Py_PreInitialize_before(const PyPreConfig *config);

PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    unsetenv("PYTHONDEVMODE");
    return Py_PreInitialize_before(config);
}
