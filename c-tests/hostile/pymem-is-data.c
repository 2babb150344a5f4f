/*
 * about: PyMem_RawMalloc is a number, the other names are functions
 * kind:  pymem
 */
#define PyMem_RawMalloc real_raw_malloc

#include "base/export_pymem.h"
#undef PyMem_RawMalloc
PUBLIC int PyMem_RawMalloc = 12;
