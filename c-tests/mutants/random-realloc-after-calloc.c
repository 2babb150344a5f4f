/*
 * about:  a block of 100 bytes or more that grows right after a calloc and a free loses a byte
 * kind:   pymem
 * breaks: integrity.random-operations
 */
#include "base/heap.h"

/* The letters of the last calls, the newest in the lowest byte. */
static unsigned calls;

static void note(char letter)
{
    calls = calls << 8 | (unsigned char)letter;
}

static void *noting_malloc(enum domain domain, size_t size)
{
    note('m');
    return heap_malloc(domain, size);
}
#define MALLOC noting_malloc

static void *noting_calloc(enum domain domain, size_t count, size_t size)
{
    note('c');
    return heap_calloc(domain, count, size);
}
#define CALLOC noting_calloc

static void noting_free(enum domain domain, void *p)
{
    note('f');
    heap_free(domain, p);
}
#define FREE noting_free

static void *bad_realloc(enum domain domain, void *p, size_t size)
{
    bool pattern = (calls & 0xffff) == ('f' << 8 | 'c') || (calls & 0xffff) == ('c' << 8 | 'f');
    note('r');
    char *q = heap_realloc(domain, p, size);
    if (q && p && pattern && size > 100)
        q[0] ^= 1;
    return q;
}
#define REALLOC bad_realloc

#include "base/export_pymem.h"
