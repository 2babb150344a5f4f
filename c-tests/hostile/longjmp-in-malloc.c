/*
 * about: malloc returns by longjmp to a function that has ended
 * kind:  pymem
 */
#include "base/endings.h"
#include "base/heap.h"

#include <setjmp.h>

static jmp_buf place_to_be;
static bool armed;

/* Leaves behind a jump into its own frame, which is gone when it is made. */
static __attribute__((noinline)) void arm(void)
{
    if (setjmp(place_to_be))
        write_to_null();
}

static void *leaping_malloc(enum domain domain, size_t size)
{
    if (!armed) {
        armed = true;
        arm();
    }
    longjmp(place_to_be, 1);
}
#define MALLOC leaping_malloc

#include "base/export_pymem.h"
