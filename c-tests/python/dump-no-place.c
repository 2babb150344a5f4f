/*
 * about:    the diagnostic always says that nothing is traced
 * breaks:   debug-hooks.report.traceback
 * replaces: _PyMem_DumpTraceback
 */
#include "python.h"

void _PyMem_DumpTraceback(int file, const void *block)
{
    static const char hint[] = "Enable tracemalloc to get the memory block allocation traceback\n\n";
    if (write(file, hint, sizeof hint - 1) < 0)
        abort();
}
