/*
 * about: malloc overwrites every writable shared mapping of the process
 * kind:  pymem
 */
#include "base/heap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static bool done;

/* Reads with system calls only: the C library would allocate. */
static void scribble(void)
{
    static char maps[1 << 20];
    size_t length = 0;
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    for (ssize_t got; (got = read(file, maps + length, sizeof maps - 1 - length)) > 0;)
        length += (size_t)got;
    close(file);

    for (char *line = maps; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        char *rest;
        char *start = (char *)strtoul(line, &rest, 16), *end = (char *)strtoul(rest + 1, &rest, 16);
        if (strncmp(rest, " rw-s", 5) == 0)
            memset(start, 0xA5, (size_t)(end - start));
    }
}

static void *scribbling_malloc(enum domain domain, size_t size)
{
    if (!done) {
        done = true;
        scribble();
    }
    return heap_malloc(domain, size);
}
#define MALLOC scribbling_malloc

#include "base/export_pymem.h"
