/*
 * about:    the statistics begin with another line
 * breaks:   environment.statistics.pymalloc
 * replaces: Py_InitializeEx
 */
#include "python.h"

void Py_InitializeEx_before(int signals);

void Py_InitializeEx(int signals)
{
    fputs("Statistics\n", stderr);
    Py_InitializeEx_before(signals);
}
