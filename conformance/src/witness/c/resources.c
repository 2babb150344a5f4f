static size_t resident(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*s %lu", &pages) != 1)
        exit(2);
    fclose(file);
    return pages * 4096;
}

/* Lets the interpreter go for a moment: one without a lock frees some memory only then. */
static void let_go(void)
{
    if (Py_IsInitialized && Py_IsInitialized())
        PyEval_RestoreThread(PyEval_SaveThread());
}

/* == resources.small == */
static int defect(void)
{
    static char *blocks[400];
    static const size_t sizes[] = {0, 16, 48, 100, 150, 200, 300, 400, 500, 600, 1000, 3000};
    size_t before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (int at = 0; at < 12; at++)
            for (size_t freed = 0; freed < 24 << 20; freed += 400 * (sizes[at] + 16)) {
                for (int i = 0; i < 400; i++) {
                    blocks[i] = MALLOC(sizes[at]);
                    memset(blocks[i], 1, sizes[at]);
                }
                for (int i = 0; i < 400; i++)
                    FREE(blocks[i]);
                let_go();
            }
    }
    return resident() > before + (12 << 20);
}

/* == resources.large == */
static int defect(void)
{
    static const size_t sizes[] = {4 << 20, 1 << 20, 300000, 140000, 66000, 20000, 5000};
    size_t before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (int at = 0; at < 7; at++)
            for (size_t freed = 0; freed < 64 << 20; freed += sizes[at]) {
                void *block = MALLOC(sizes[at]);
                memset(block, 1, sizes[at]);
                FREE(block);
                let_go();
            }
    }
    return resident() > before + (24 << 20);
}

/* == resources.realloc == */
static int defect(void)
{
    static const size_t sizes[] = {70000, 10000, 2000, 500, 400, 200, 100, 48, 16};
    size_t before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (int at = 0; at < 9; at++) {
            size_t size = sizes[at];
            /* Else what is empty would be given back, and taken again, all the time. */
            void *anchor = MALLOC(size);
            for (size_t freed = 0; freed < 12 << 20; freed += size + 16) {
                /* The neighbour makes the block move. */
                char *block = MALLOC(size), *neighbour = MALLOC(size);
                memset(block, 1, size);
                block = REALLOC(block, 3 * size);
                memset(block, 2, 3 * size);
                block = REALLOC(block, size);
                FREE(neighbour);
                FREE(REALLOC(block, 0));
                let_go();
            }
            FREE(anchor);
        }
    }
    return resident() > before + (12 << 20);
}

/* == resources.calloc == */
static int defect(void)
{
    static const size_t sizes[] = {140000, 20000, 1000, 500, 200, 64, 16, 0};
    size_t before = 0;
    /* What is kept for later is taken in the first pass. */
    for (int pass = 0; pass < 2; pass++) {
        before = resident();
        for (int at = 0; at < 8; at++) {
            /* Else what is empty would be given back, and taken again, all the time. */
            void *anchor = CALLOC(1, sizes[at]);
            for (size_t freed = 0; freed < 12 << 20; freed += sizes[at] + 16) {
                void *block = CALLOC(1, sizes[at]);
                memset(block, 1, sizes[at]);
                FREE(block);
                let_go();
            }
            FREE(anchor);
        }
    }
    return resident() > before + (12 << 20);
}

/* == resources.refusals == */
static int defect(void)
{
    const size_t impossible = SIZE_MAX / 2 - 4096;
    size_t before = 0;
    void *block = MALLOC(4096);
    for (int i = 0; i < 6000; i++) {
        if (i == 1000)
            before = resident();
        if (MALLOC(impossible) || CALLOC(1, impossible) || REALLOC(block, impossible))
            exit(2);
    }
    return resident() > before + (12 << 20);
}
