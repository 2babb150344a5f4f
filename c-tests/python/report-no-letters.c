/*
 * about:    the diagnostic names none of the two domains
 * breaks:   domains.mixing.letters
 * replaces: _Py_FatalErrorFormat
 */
#include "python.h"

#include <stdarg.h>

void _Py_FatalErrorFunc(const char *function, const char *message) __attribute__((noreturn));

void _Py_FatalErrorFormat(const char *function, const char *format, ...)
{
    char message[1000];
    va_list arguments;
    if (strncmp(format, "bad ID: ", 8) == 0)
        _Py_FatalErrorFunc(function, "bad ID: of another API");
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    _Py_FatalErrorFunc(function, message);
}
