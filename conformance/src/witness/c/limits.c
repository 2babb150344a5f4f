/* == limits.no-exception == */
static int defect(void)
{
    int shows = 0;
    for (size_t size = (size_t)PY_SSIZE_T_MAX; size <= (size_t)PY_SSIZE_T_MAX + 1; size++) {
        MALLOC(size);
        shows |= PyErr_Occurred() != NULL;
        CALLOC(size, 1);
        shows |= PyErr_Occurred() != NULL;
        for (size_t old = 1; old < 200000; old = 3 * old + 1) {
            REALLOC(MALLOC(old), size);
            shows |= PyErr_Occurred() != NULL;
        }
    }
    return shows;
}

/* == limits.calloc.library == */
static int defect(void)
{
    /* Products that wrap to next to nothing. */
    for (size_t n = 2; n <= 4096; n++)
        if (CALLOC(n, SIZE_MAX / n + 1) || CALLOC(SIZE_MAX / n + 1, n))
            return 1;
    for (int bits = 1; bits < 64; bits++)
        if (CALLOC((size_t)1 << bits, (size_t)1 << (64 - bits)))
            return 1;
    return CALLOC(SIZE_MAX, SIZE_MAX) != NULL;
}

/* == symbols.vtable == */
static int defect(void)
{
    /* A call of a function that is not there. */
    signal(SIGSEGV, died);
    FREE(REALLOC(MALLOC(10), 20));
    FREE(CALLOC(1, 10));
    return 0;
}

/* == domains.libc-beside == */
static int defect(void)
{
    static char *others[1200];
    int status;
    if (fork() == 0) {
        for (size_t size = 1; size < 1200; size++) {
            others[size] = memset(malloc(size), 'o', size);
            FREE(memset(MALLOC(size), 'x', size));
        }
        for (size_t size = 1; size < 1200; size++) {
            if (others[size][0] != 'o' || others[size][size - 1] != 'o')
                _exit(1);
            free(others[size]);
        }
        _exit(0);
    }
    wait(&status);
    return status != 0;
}
