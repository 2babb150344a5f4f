/*
 * about:    an empty PYTHONMALLOC is taken for debug
 * breaks:   environment.empty
 * replaces: Py_PreInitialize
 */
#include "python.h"

PyStatus Py_PreInitialize_before(const PyPreConfig *config);

PyStatus Py_PreInitialize(const PyPreConfig *config)
{
    const char *value = getenv("PYTHONMALLOC");
    if (value && !*value)
        setenv("PYTHONMALLOC", "debug", 1);
    return Py_PreInitialize_before(config);
}
