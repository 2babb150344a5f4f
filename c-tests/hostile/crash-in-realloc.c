/*
 * about: realloc writes to NULL
 * kind:  pymem
 */
#include "base/endings.h"
#include "base/heap.h"

static void *crashing_realloc(enum domain domain, void *p, size_t size)
{
    write_to_null();
}
#define REALLOC crashing_realloc

#include "base/export_pymem.h"
