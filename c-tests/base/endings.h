/* Ways to never return. */
#ifndef BASE_ENDINGS_H
#define BASE_ENDINGS_H

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((noreturn)) static inline void spin(void)
{
    static volatile unsigned turns;
    for (;;)
        turns++;
}

__attribute__((noreturn)) static inline void sleep_for_ever(void)
{
    for (;;)
        pause();
}

/* Through a variable: a write to a constant NULL lets the compiler leave out what leads to it. */
__attribute__((noreturn)) static inline void write_to_null(void)
{
    static char *volatile nowhere = NULL;
    *nowhere = 0;
    abort();
}

#endif
