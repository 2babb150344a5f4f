/*
 * about:    there is no further interpreter
 * breaks:   lifecycle.further-interpreter
 * replaces: Py_NewInterpreter
 */
#include "python.h"

PyThreadState *Py_NewInterpreter(void)
{
    return NULL;
}
