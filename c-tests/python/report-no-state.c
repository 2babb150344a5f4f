/*
 * about:    the diagnostic is silent on the interpreter
 * breaks:   debug-hooks.report.state
 * replaces: _Py_FatalErrorFunc
 */
#include "python.h"

void _Py_FatalErrorFunc_before(const char *function, const char *message) __attribute__((noreturn));

void _Py_FatalErrorFunc(const char *function, const char *message)
{
    if (strncmp(function, "_PyMem_Debug", 12) != 0)
        _Py_FatalErrorFunc_before(function, message);
    fprintf(stderr, "Fatal Python error: %s: %s\n", function, message);
    abort();
}
