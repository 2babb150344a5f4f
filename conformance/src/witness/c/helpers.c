/*
 * What witnesses are made of besides their own lines. Each takes what it uses, and nothing else.
 */
#include <stddef.h>

/* The library under test. */
static void *library;

static void died(int number)
{
    dprintf(1, "the defect shows: signal %d\n", number);
    _exit(1);
}

/* Starts an interpreter, without `site`. */
static void initialise(void)
{
    int *no_site = dlsym(library, "Py_NoSiteFlag");
    if (no_site)
        *no_site = 1;
    Py_InitializeEx(0);
}

/* Starts an interpreter with a value of PYTHONMALLOC, or without. */
static void start(const char *pythonmalloc)
{
    if (pythonmalloc)
        setenv("PYTHONMALLOC", pythonmalloc, 1);
    else
        unsetenv("PYTHONMALLOC");
    initialise();
}

/* Gives each byte of a block a value of its own. */
static void fill(void *block, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)block)[i] = (unsigned char)(seed + 1 + i * 7);
}

/* Whether the bytes are still those. */
static int intact(const void *block, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)block)[i] != (unsigned char)(seed + 1 + i * 7))
            return 0;
    return 1;
}

/* Whether all bytes have one value. */
static int all_are(const void *block, size_t size, unsigned value)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)block)[i] != value)
            return 0;
    return 1;
}

/* Whether two blocks share a byte. */
static int overlap(const void *a, size_t size_of_a, const void *b, size_t size_of_b)
{
    return (uintptr_t)a < (uintptr_t)b + size_of_b && (uintptr_t)b < (uintptr_t)a + size_of_a;
}

/* How a fork ends that does something, and what it writes to standard error. */
static struct {
    int status;
    char said[16384];
} fate;

static void in_fork(void (*act)(void))
{
    FILE *file = tmpfile();
    if (fork() == 0) {
        dup2(fileno(file), 2);
        alarm(10);
        act();
        _exit(0);
    }
    wait(&fate.status);
    rewind(file);
    fate.said[fread(fate.said, 1, sizeof fate.said - 1, file)] = 0;
}

/* Whether a fork dies of what it does. */
static int dies(void (*act)(void))
{
    int status;
    if (fork() == 0) {
        close(2);
        alarm(10);
        act();
        _exit(0);
    }
    wait(&status);
    return WIFSIGNALED(status);
}

/* The same for a part of a block that is too large to be filled. */
static void fill_at(void *block, size_t from, size_t size, unsigned seed)
{
    for (size_t i = from; i < from + size; i++)
        ((unsigned char *)block)[i] = (unsigned char)(seed + 1 + i * 7);
}

static int intact_at(const void *block, size_t from, size_t size, unsigned seed)
{
    for (size_t i = from; i < from + size; i++)
        if (((const unsigned char *)block)[i] != (unsigned char)(seed + 1 + i * 7))
            return 0;
    return 1;
}
