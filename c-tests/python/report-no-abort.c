/*
 * about:    damage is a segmentation fault
 * breaks:   debug-hooks.report.abort
 * replaces: _Py_FatalErrorFunc
 */
#include "python.h"

#include <signal.h>

static void fault(int number)
{
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

void _Py_FatalErrorFunc_before(const char *function, const char *message) __attribute__((noreturn));

void _Py_FatalErrorFunc(const char *function, const char *message)
{
    if (strncmp(function, "_PyMem_Debug", 12) == 0)
        signal(SIGABRT, fault);
    _Py_FatalErrorFunc_before(function, message);
}
