/*
 * about:    PYTHONDEVMODE is not read
 * breaks:   environment.dev-mode
 * replaces: _Py_GetEnv
 */
#include "python.h"

const char *_Py_GetEnv_before(int use_environment, const char *name);

const char *_Py_GetEnv(int use_environment, const char *name)
{
    if (strcmp(name, "PYTHONDEVMODE") == 0)
        return NULL;
    return _Py_GetEnv_before(use_environment, name);
}
