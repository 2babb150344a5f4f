/*
 * about:    a release build has debug hooks from load on
 * breaks:   defaults.hooks
 * replaces: 
 */
#include "python.h"

__attribute__((constructor)) static void at_load(void)
{
    PyMem_SetupDebugHooks();
}
