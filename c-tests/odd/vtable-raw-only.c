/*
 * about: a table for the raw domain and none for the others
 * kind:  vtable
 */
#define HAS_DOMAIN(domain) ((domain) == RAW)

#include "base/export_vtable.h"
