/*
 * about:    PYTHONMALLOC is not read
 * breaks:   environment.read
 * replaces: _Py_GetEnv
 */
#include "python.h"

const char *_Py_GetEnv_before(int use_environment, const char *name);

const char *_Py_GetEnv(int use_environment, const char *name)
{
    if (strcmp(name, "PYTHONMALLOC") == 0)
        return NULL;
    return _Py_GetEnv_before(use_environment, name);
}
