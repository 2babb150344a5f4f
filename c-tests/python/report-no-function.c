/*
 * about:    the function that found damage is not named
 * breaks:   debug-hooks.report.function
 * replaces: _Py_FatalErrorFunc
 */
#include "python.h"

void _Py_FatalErrorFunc_before(const char *function, const char *message) __attribute__((noreturn));

void _Py_FatalErrorFunc(const char *function, const char *message)
{
    int is_hook = strncmp(function, "_PyMem_Debug", 12) == 0;
    _Py_FatalErrorFunc_before(is_hook ? NULL : function, message);
}
