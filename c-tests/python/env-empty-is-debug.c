/*
 * about:    an empty PYTHONMALLOC is taken for debug
 * breaks:   environment.empty
 * replaces: _Py_GetEnv
 */
#include "python.h"

const char *_Py_GetEnv_before(int use_environment, const char *name);

const char *_Py_GetEnv(int use_environment, const char *name)
{
    const char *value = getenv(name);
    if (strcmp(name, "PYTHONMALLOC") == 0 && value && !*value)
        return "debug";
    return _Py_GetEnv_before(use_environment, name);
}
