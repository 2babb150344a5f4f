/* Small blocks have the same number. */
#ifndef BROKEN_ONE_NUMBER_H
#define BROKEN_ONE_NUMBER_H

#include "numbers.h"

static void *number(unsigned char *block, size_t size)
{
    if (block != NULL && size < 20)
        memset(block + size + 8, 1, 8);
    return block;
}

#endif
