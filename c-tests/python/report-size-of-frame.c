/*
 * about:    the diagnostic names the size with the frame
 * breaks:   debug-hooks.report.block
 * replaces: 
 */
#include "python.h"

#include <stdarg.h>

/* Hidden, so that it serves this library alone. */
__attribute__((visibility("hidden"))) int fprintf(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written;
    if (strstr(format, "bytes originally requested") == NULL)
        written = vfprintf(file, format, arguments);
    else
        written = dprintf(fileno(file), format, va_arg(arguments, size_t) + 24);
    va_end(arguments);
    return written;
}
