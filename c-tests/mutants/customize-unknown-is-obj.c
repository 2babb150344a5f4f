/*
 * about:  a struct set for a number that is no domain is set for obj
 * kind:   pymem
 * breaks: customize.unknown-domain
 */
#define SET_UNKNOWN(table) STORE(OBJ, table)

#include "base/customizable.h"
