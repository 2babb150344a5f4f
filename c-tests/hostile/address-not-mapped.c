/*
 * about: malloc returns addresses that are not mapped
 * kind:  pymem
 */
#include "base/heap.h"

static void *dreaming_malloc(enum domain domain, size_t size)
{
    return (void *)(0x100000000000 + size * 4096);
}
#define MALLOC dreaming_malloc

#include "base/export_pymem.h"
