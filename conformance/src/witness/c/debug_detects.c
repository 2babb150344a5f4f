static void *give_same_block(void *block, size_t size)
{
    return memset(block, 1, size);
}

static void keep_block(void *ctx, void *block)
{
    (void)ctx, (void)block;
}

/* Whether a change of one byte, from `first` to `last` before a block or behind it, passes when it is freed or resized. */
static int passes(int behind, int first, int last, int resized)
{
    int status;
    dup2(fileno(tmpfile()), 2);
    for (int i = 0; i < 3 * 3 * 3 * (last - first + 1); i++) {
        /* Each maker, kind of change, size and place. */
        int maker = i % 3, change = i / 3 % 3, size = (int[]){24, 0, 5000}[i / 9 % 3], at = first + i / 27;
        if (fork() == 0) {
            unsigned char *block = maker == 0 ? MALLOC(size) : maker == 1 ? CALLOC(1, size) : REALLOC(MALLOC(50), size);
            unsigned char *byte = block + (behind ? size : 0) + at;
            *byte = change == 0 ? ~*byte : change == 1 ? *byte ^ 1 : 0;
            if (resized)
                REALLOC(block, 100);
            else
                FREE(block);
            _exit(0);
        }
        wait(&status);
        if (!WIFSIGNALED(status) || lseek(2, 0, SEEK_CUR) == 0)
            return 1;
        lseek(2, 0, SEEK_SET);
    }
    return 0;
}

/* Whether a misuse passes, or kills without a word, over memory that is never used again. */
static int passes_below(void (*misuse)(void))
{
    int status;
    PyMemAllocatorEx below = {calloc(1, 10000), give_same_block, NULL, NULL, keep_block};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    dup2(fileno(tmpfile()), 2);
    if (fork() == 0) {
        misuse();
        _exit(0);
    }
    wait(&status);
    return !WIFSIGNALED(status) || lseek(2, 0, SEEK_CUR) == 0;
}

/* == debug-hooks.detects.overflow.free == */
static int defect(void)
{
    return passes(1, 0, 7, 0);
}

/* == debug-hooks.detects.overflow.realloc == */
static int defect(void)
{
    return passes(1, 0, 7, 1);
}

/* == debug-hooks.detects.underflow.free == */
static int defect(void)
{
    return passes(0, -7, -1, 0);
}

/* == debug-hooks.detects.underflow.realloc == */
static int defect(void)
{
    return passes(0, -7, -1, 1);
}

/* == debug-hooks.detects.letter.free == */
static int defect(void)
{
    return passes(0, -8, -8, 0);
}

/* == debug-hooks.detects.letter.realloc == */
static int defect(void)
{
    return passes(0, -8, -8, 1);
}

/* == debug-hooks.detects.double-free == */
static void misuse(void)
{
    void *block = MALLOC(24);
    FREE(block);
    FREE(block);
}

static int defect(void)
{
    return passes_below(misuse);
}

/* == debug-hooks.detects.realloc-after-free == */
static void misuse(void)
{
    void *block = MALLOC(24);
    FREE(block);
    REALLOC(block, 40);
}

static int defect(void)
{
    return passes_below(misuse);
}

/* == debug-hooks.detects.changed-size == */
static void misuse(void)
{
    unsigned char *block = MALLOC(24);
    block[-9] ^= 0xff;
    FREE(block);
}

static int defect(void)
{
    return passes_below(misuse);
}

/* == debug-hooks.quiet == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        unsigned char *damaged = MALLOC(24);
        damaged[24] ^= 0xff;
        for (size_t size = 0; size <= 600; size++)
            FREE(REALLOC(MALLOC(size), size + 30));
        _exit(0);
    }
    wait(&status);
    return status != 0;
}
