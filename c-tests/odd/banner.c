/*
 * about: prints the words FAIL and ERROR at load and at exit
 * kind:  pymem
 */
#include <string.h>
#include <unistd.h>

static void print(const char *line)
{
    for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (write(descriptor, line, strlen(line)) < 0)
            continue;
}

__attribute__((constructor)) static void at_load(void)
{
    print("allocator: FAIL counter armed, ERROR log open\n");
}

__attribute__((destructor)) static void at_exit(void)
{
    print("allocator: 0 FAIL, 0 ERROR\n");
}

#include "base/export_pymem.h"
