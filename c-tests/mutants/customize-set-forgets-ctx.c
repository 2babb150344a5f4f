/*
 * about:  the struct that is handed out has the ctx of the one before it
 * kind:   pymem
 * breaks: customize.round-trip
 */
static void *last_ctx[3];

#define STORE(domain, table) (last_ctx[domain] = slots[domain].ctx, slots[domain] = *(table))
#define AFTER_GET(domain, out) ((void)(last_ctx[domain] && ((out)->ctx = last_ctx[domain])))

#include "base/customizable.h"
