/* Pages of memory that the process has. */
static long resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    fscanf(file, "%*s %ld", &pages);
    fclose(file);
    return pages;
}

/* == resources.small == */
static int defect(void)
{
    static char *blocks[400];
    long before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (size_t size = 0; size < 3000; size += size < 640 ? 32 : 1000)
            for (size_t freed = 0; freed < 24 << 20; freed += 400 * (size + 16)) {
                for (int i = 0; i < 400; i++)
                    blocks[i] = memset(MALLOC(size), 1, size);
                for (int i = 0; i < 400; i++)
                    FREE(blocks[i]);
#if EMBEDDED
                /* Without a lock some memory is freed only when a thread lets the interpreter go. */
                PyEval_RestoreThread(PyEval_SaveThread());
#endif
            }
    }
    return resident() > before + 3000;
}

/* == resources.large == */
static int defect(void)
{
    long before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (size_t size = 4 << 20; size > 4000; size = size / 3)
            for (size_t freed = 0; freed < 64 << 20; freed += size) {
                FREE(memset(MALLOC(size), 1, size));
#if EMBEDDED
                /* Without a lock some memory is freed only when a thread lets the interpreter go. */
                PyEval_RestoreThread(PyEval_SaveThread());
#endif
            }
    }
    return resident() > before + 6000;
}

/* == resources.realloc == */
static int defect(void)
{
    long before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (size_t size = 70000; size > 15; size = size / 5 * 2) {
            /* Else what is empty would be given back, and taken again, all the time. */
            void *anchor = MALLOC(size);
            for (size_t freed = 0; freed < 12 << 20; freed += size + 16) {
                /* The neighbour makes the block move. */
                void *block = memset(MALLOC(size), 1, size), *neighbour = MALLOC(size);
                block = memset(REALLOC(block, 3 * size), 2, 3 * size);
                FREE(neighbour);
                FREE(REALLOC(block, size));
#if EMBEDDED
                /* Without a lock some memory is freed only when a thread lets the interpreter go. */
                PyEval_RestoreThread(PyEval_SaveThread());
#endif
            }
            FREE(anchor);
        }
    }
    return resident() > before + 3000;
}

/* == resources.calloc == */
static int defect(void)
{
    long before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (size_t size = 140000; size > 0; size /= 5) {
            /* Else what is empty would be given back, and taken again, all the time. */
            void *anchor = CALLOC(1, size);
            for (size_t freed = 0; freed < 12 << 20; freed += size + 16) {
                FREE(memset(CALLOC(1, size), 1, size));
#if EMBEDDED
                /* Without a lock some memory is freed only when a thread lets the interpreter go. */
                PyEval_RestoreThread(PyEval_SaveThread());
#endif
            }
            FREE(anchor);
        }
    }
    return resident() > before + 3000;
}

/* == resources.refusals == */
static int defect(void)
{
    const size_t impossible = SIZE_MAX / 2 - 4096;
    long before = resident();
    void *block = MALLOC(4096);
    for (int i = 0; i < 6000; i++)
        if (MALLOC(impossible) || CALLOC(1, impossible) || REALLOC(block, impossible))
            exit(2);
    return resident() > before + 3000;
}
