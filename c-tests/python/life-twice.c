/*
 * about:    no interpreter lives after the first
 * breaks:   lifecycle.cycles
 * dies:     a second interpreter ends the process
 * replaces: Py_FinalizeEx Py_InitializeEx
 */
#include "python.h"

int Py_FinalizeEx_before(void);
void Py_InitializeEx_before(int signals);
static int lives;

int Py_FinalizeEx(void)
{
    lives++;
    return Py_FinalizeEx_before();
}

void Py_InitializeEx(int signals)
{
    if (lives > 1)
        abort();
    Py_InitializeEx_before(signals);
}
