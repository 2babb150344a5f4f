/*
 * about:   the base as a table for each of the three domains
 * kind:    vtable
 * control: what mutants are changes of
 */
#include "base/export_vtable.h"
