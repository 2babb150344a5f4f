/*
 * about:    a refused request takes a serial number
 * breaks:   debug-hooks.serial-number.refused
 * python:   3.7
 * replaces: PyMem_SetupDebugHooks _PyMem_SetupAllocators
 */
#include "numbers.h"

static size_t refused;

/* The number behind a block, and those that were refused before. */
static void *number(unsigned char *block, size_t size)
{
    size_t number = 0;
    if (block == NULL) {
        refused++;
        return NULL;
    }
    for (int i = 8; i < 16; i++)
        number = number << 8 | block[size + i];
    number += refused;
    for (int i = 15; i >= 8; i--, number >>= 8)
        block[size + i] = number & 0xFF;
    return block;
}
