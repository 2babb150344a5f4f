/*
 * about: every function spins for ever
 * kind:  pymem
 */
#include "base/endings.h"

#define MALLOC(domain, size) (spin(), NULL)
#define CALLOC(domain, count, size) (spin(), NULL)
#define REALLOC(domain, p, size) (spin(), NULL)
#define FREE(domain, p) spin()

#include "base/export_pymem.h"
