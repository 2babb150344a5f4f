/*
 * about: the base as a table for each of the three domains
 * kind:  vtable
 */
#include "base/export_vtable.h"
