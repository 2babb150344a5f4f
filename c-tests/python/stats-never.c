/*
 * about:    PYTHONMALLOCSTATS is not read
 * breaks:   environment.statistics.printed
 * replaces: Py_InitializeEx
 */
#include "python.h"

void Py_InitializeEx_before(int signals);

void Py_InitializeEx(int signals)
{
    unsetenv("PYTHONMALLOCSTATS");
    Py_InitializeEx_before(signals);
}
