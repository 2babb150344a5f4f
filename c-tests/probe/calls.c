/* The calls and patterns that the questions are made of. */
#include "probe/probe.h"

#include <unistd.h>

void failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    _exit(1);
}

/* The line, because a library too could end the process with status 0. _exit, because what it does at the
   end of a process is not asked. */
void pass(void)
{
    static const char line[] = "passed\n";
    _exit(write(STDOUT_FILENO, line, sizeof line - 1) < 0);
}

void *ask_malloc(const struct table *t, size_t size) { return t->malloc(t->ctx, size); }
void *ask_calloc(const struct table *t, size_t count, size_t size) { return t->calloc(t->ctx, count, size); }
void *ask_realloc(const struct table *t, void *p, size_t size) { return t->realloc(t->ctx, p, size); }
void give(const struct table *t, void *p) { t->free(t->ctx, p); }

/* A refusal of a small first request is not believed. */
static void *or_pass(void *p, size_t size)
{
    if (!p) {
        fprintf(stderr, "out of memory at %zu bytes\n", size);
        if (size > 64)
            pass();
        _exit(1);
    }
    return p;
}

void *take(const struct table *t, size_t size) { return or_pass(ask_malloc(t, size), size); }
void *resize(const struct table *t, void *p, size_t size) { return or_pass(ask_realloc(t, p, size), size); }

void *take_zeroed(const struct table *t, size_t count, size_t size)
{
    return or_pass(ask_calloc(t, count, size), count * size);
}

static unsigned char pattern(size_t index, unsigned seed)
{
    return (unsigned char)((index * 31 + (index >> 8) * 7 + seed * 101) | 1);
}

void fill(void *p, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)p)[i] = pattern(i, seed);
}

bool intact(const void *p, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)p)[i] != pattern(i, seed))
            return false;
    return true;
}

bool all_zero(const void *p, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)p)[i])
            return false;
    return true;
}

size_t resident_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    EXPECT(file && fscanf(file, "%*u %lu", &pages) == 1);
    fclose(file);
    return (size_t)pages * 4096;
}
