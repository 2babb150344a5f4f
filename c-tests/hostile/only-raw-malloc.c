/*
 * about: PyMem_RawMalloc is the only one of the twelve names
 * kind:  pymem
 */
#include "base/overrides.h"

PUBLIC void *PyMem_RawMalloc(size_t size)
{
    return MALLOC(RAW, size);
}
