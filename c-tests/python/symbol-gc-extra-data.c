/*
 * about:    there are no objects with extra bytes
 * breaks:   symbols.gc-extra-data
 * hides:    PyUnstable_Object_GC_NewWithExtraData
 */
#include "python.h"
