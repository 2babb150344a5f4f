/*
 * about: mem and obj leave the locking to their callers, raw has a lock
 * kind:  pymem
 */
#define DOMAIN_LOCKED(domain) ((domain) == RAW)

#include "base/export_pymem.h"
