/*
 * about:    the diagnostic shows other bytes than are in the block
 * breaks:   debug-hooks.report.data
 * replaces: 
 */
#include "python.h"

#include <stdarg.h>

/* Hidden, so that it serves this library alone. */
__attribute__((visibility("hidden"))) int fprintf(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int is_of_data = strcmp(format, " %02x") == 0;
    int written = is_of_data ? (int)fwrite(" 00", 1, 3, file) : vfprintf(file, format, arguments);
    va_end(arguments);
    return written;
}
