/*
 * about:  the struct from the beginning cannot be set again
 * kind:   pymem
 * breaks: customize.restores
 */
#define STORE(domain, table) \
    ((table)->malloc == table_malloc ? (void)0 : (void)(slots[domain] = *(table)))

#include "base/customizable.h"
