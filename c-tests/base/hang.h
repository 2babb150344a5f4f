/* Two ways to never return. */
#ifndef BASE_HANG_H
#define BASE_HANG_H

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

#endif
