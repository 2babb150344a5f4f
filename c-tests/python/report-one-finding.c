/*
 * about:    damage before a block is said to be behind it
 * breaks:   debug-hooks.report.finding
 * replaces: _Py_FatalErrorFunc
 */
#include "python.h"

void _Py_FatalErrorFunc_before(const char *function, const char *message) __attribute__((noreturn));

void _Py_FatalErrorFunc(const char *function, const char *message)
{
    int is_leading = strcmp(message, "bad leading pad byte") == 0;
    _Py_FatalErrorFunc_before(function, is_leading ? "bad trailing pad byte" : message);
}
