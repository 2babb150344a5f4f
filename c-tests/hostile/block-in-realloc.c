/*
 * about: realloc sleeps for ever
 * kind:  pymem
 */
#include "base/endings.h"
#include "base/heap.h"

static void *sleeping_realloc(enum domain domain, void *p, size_t size)
{
    sleep_for_ever();
}
#define REALLOC sleeping_realloc

#include "base/export_pymem.h"
