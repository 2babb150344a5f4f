/* A block, made or resized in one of five ways. */
static unsigned char *made(int way, size_t size)
{
    return way == 0 ? MALLOC(size) : way == 1 ? CALLOC(1, size) : way == 2 ? REALLOC(NULL, size)
        : REALLOC(MALLOC(way == 3 ? size / 2 : size + 50), size);
}

/* Below the hooks: each block begins where `area` does, and nobody takes it back. */
static void *give(void *area, size_t size)
{
    return memset(area, 1, size);
}

static void keep(void *area, void *block)
{
    (void)area, (void)block;
}

/* Whether it is missed that one of these bytes changed, before the block or from its end on. */
static int is_missed(int first, int last, int is_resized)
{
    for (int way = 0; way < 15; way++)
        for (int at = first; at <= last; at++) {
            /* Each size meets each maker and each kind of change. */
            int size = way % 3 == 0 ? 24 : way % 3 == 1 ? 0 : 5000, change = (way + way / 3) % 3;
            int status;
            FILE *said = tmpfile();
            if (fork() == 0) {
                dup2(fileno(said), 2);
                unsigned char *block = made(way / 3, size), *byte = at < 0 ? block + at : block + size + at;
                *byte = change == 0 ? ~*byte : change == 1 ? *byte ^ 1 : 0;
                is_resized ? (void)REALLOC(block, 100) : FREE(block);
                _exit(0);
            }
            waitpid(-1, &status, 0);
            if (!WIFSIGNALED(status) || lseek(fileno(said), 0, SEEK_CUR) == 0)
                return 1;
            fclose(said);
        }
    return 0;
}

/* == debug-hooks.layout.size == */
static int defect(void)
{
    for (size_t size = 0; size <= 5000; size += size < 600 ? 1 : 400)
        for (int way = 0; way < 5; way++) {
            unsigned char *block = made(way, size);
            size_t rest = size;
            for (int i = -9; i >= -16; i--, rest /= 256)
                if (block[i] != rest % 256)
                    return 1;
        }
    return 0;
}

/* == debug-hooks.layout.letter == */
static int defect(void)
{
    for (size_t size = 0; size <= 5000; size += size < 600 ? 1 : 400)
        for (int way = 0; way < 5; way++)
            if (made(way, size)[-8] != LETTER)
                return 1;
    return 0;
}

/* == debug-hooks.layout.leading-pad == */
static int defect(void)
{
    for (size_t size = 0; size <= 5000; size += size < 600 ? 1 : 400)
        for (int way = 0; way < 5; way++) {
            unsigned char *block = made(way, size);
            for (int i = -7; i < 0; i++)
                if (block[i] != @debug-forbidden@)
                    return 1;
        }
    return 0;
}

/* == debug-hooks.layout.trailing-pad == */
static int defect(void)
{
    for (size_t size = 0; size <= 5000; size += size < 600 ? 1 : 400)
        for (int way = 0; way < 5; way++) {
            unsigned char *block = made(way, size);
            for (int i = 0; i < 8; i++)
                if (block[size + i] != @debug-forbidden@)
                    return 1;
        }
    return 0;
}

/* == debug-hooks.layout.serial-number debug-hooks.layout.serial-number-by-build == */
static int defect(void)
{
    for (size_t size = 0; size < 400; size++) {
        int wrong = 0;
        /* Three times: now and then pymalloc calls raw for itself, which takes a number. */
        for (int i = 0; i < 3; i++) {
            unsigned char *first = MALLOC(size), *second = CALLOC(1, size);
            unsigned char number = first[size + 15];
            first = REALLOC(first, size + 10);
            unsigned char step = second[size + 15] - number, two_steps = first[size + 25] - number;
            wrong += step != 1 || two_steps != 2;
        }
        if (wrong == 3)
            return 1;
    }
    return 0;
}

/* == debug-hooks.clean.malloc == */
static int defect(void)
{
    /* Free-threaded builds leave the first bytes of objects alone. */
    size_t from = @debug-unfilled@;
    for (size_t size = from; size <= 5000; size += size < 600 ? 1 : 400)
        for (int i = 0; i < 2; i++) {
            unsigned char *block = MALLOC(size);
            for (size_t j = from; j < size; j++)
                if (block[j] != @debug-clean@)
                    return 1;
            memset(block, 1, size);
            FREE(block);
        }
    return 0;
}

/* == debug-hooks.clean.realloc == */
static int defect(void)
{
    size_t more[] = {1, 20, 500, 6000};
    for (size_t size = 0; size <= 5000; size += size < 600 ? 1 : 400)
        for (int i = 0; i < 4; i++) {
            unsigned char *block = memset(MALLOC(size), 1, size);
            block = REALLOC(block, size + more[i]);
            for (size_t j = 0; j < size + more[i]; j++)
                if (block[j] != (j < size ? 1 : @debug-clean@))
                    return 1;
            FREE(block);
        }
    return 0;
}

/* == debug-hooks.dead.free == */
static int defect(void)
{
    PyMemAllocatorEx below = {malloc(10000), give, NULL, NULL, keep};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    /* Free-threaded builds leave the first bytes of objects alone. */
    int unfilled = @debug-unfilled@;
    for (int size = 0; size <= 5000; size += size < 600 ? 1 : 400) {
        unsigned char *block = MALLOC(size);
        memset(block, 1, size);
        FREE(block);
        for (int i = -16; i < size + 8; i++)
            if (block[i] != @debug-dead@ && (i < 0 || i >= unfilled))
                return 1;
    }
    return 0;
}

/* == debug-hooks.dead.realloc == */
static void *stay(void *area, void *block, size_t size)
{
    (void)area, (void)size;
    return block;
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(10000), give, NULL, stay, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (int old = 0; old <= 700; old++)
        for (int size = 0; size < old; size++) {
            unsigned char *block = memset(MALLOC(old), 1, old);
            REALLOC(block, size);
            /* Behind the new guard bytes and, up to 3.7, a serial number. */
            for (int i = size + 16; i < old + 8; i++)
                if (block[i] != @debug-dead@ && (old <= 128 || i >= old - 64))
                    return 1;
        }
    return 0;
}

/* == debug-hooks.dead.moved == */
static void *move(void *area, void *block, size_t size)
{
    (void)size;
    return memcpy((char *)area + 5000, block, 1000);
}

static int defect(void)
{
    PyMemAllocatorEx below = {calloc(1, 10000), give, NULL, move, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (int size = 0; size <= 700; size++) {
        unsigned char *block = memset(MALLOC(size), 1, size);
        REALLOC(block, size + 100);
        for (int i = -16; i < size + 8; i++)
            if (block[i] != @debug-dead@ && (i < 64 || i >= size - 64))
                return 1;
    }
    return 0;
}

/* == debug-hooks.refused-resize == */
static void *refuse(void *area, void *block, size_t size)
{
    (void)area, (void)block, (void)size;
    return NULL;
}

static int defect(void)
{
    char before[1000];
    PyMemAllocatorEx below = {malloc(10000), give, NULL, refuse, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (size_t old = 0; old <= 700; old++)
        for (size_t size = 0; size <= 1000; size += 50) {
            char *block = memset(MALLOC(old), 1, old);
            memcpy(before, block - 16, old + 24);
            if (REALLOC(block, size) || memcmp(before, block - 16, old + 24) != 0)
                return 1;
        }
    return 0;
}

/* == debug-hooks.detects.overflow.free == */
static int defect(void)
{
    return is_missed(0, 7, 0);
}

/* == debug-hooks.detects.overflow.realloc == */
static int defect(void)
{
    return is_missed(0, 7, 1);
}

/* == debug-hooks.detects.underflow.free == */
static int defect(void)
{
    return is_missed(-7, -1, 0);
}

/* == debug-hooks.detects.underflow.realloc == */
static int defect(void)
{
    return is_missed(-7, -1, 1);
}

/* == debug-hooks.detects.letter.free == */
static int defect(void)
{
    return is_missed(-8, -8, 0);
}

/* == debug-hooks.detects.letter.realloc == */
static int defect(void)
{
    return is_missed(-8, -8, 1);
}

/* == debug-hooks.detects.double-free == */
static int defect(void)
{
    int status;
    FILE *said = tmpfile();
    PyMemAllocatorEx below = {calloc(1, 10000), give, NULL, NULL, keep};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    void *block = MALLOC(24);
    FREE(block);
    if (fork() == 0) {
        dup2(fileno(said), 2);
        FREE(block);
        _exit(0);
    }
    waitpid(-1, &status, 0);
    return !WIFSIGNALED(status) || lseek(fileno(said), 0, SEEK_CUR) == 0;
}

/* == debug-hooks.detects.realloc-after-free == */
static int defect(void)
{
    int status;
    FILE *said = tmpfile();
    PyMemAllocatorEx below = {calloc(1, 10000), give, NULL, NULL, keep};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    void *block = MALLOC(24);
    FREE(block);
    if (fork() == 0) {
        dup2(fileno(said), 2);
        REALLOC(block, 40);
        _exit(0);
    }
    waitpid(-1, &status, 0);
    return !WIFSIGNALED(status) || lseek(fileno(said), 0, SEEK_CUR) == 0;
}

/* == debug-hooks.detects.changed-size == */
static int defect(void)
{
    int status;
    FILE *said = tmpfile();
    PyMemAllocatorEx below = {calloc(1, 10000), give, NULL, NULL, keep};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    unsigned char *block = MALLOC(24);
    block[-9] ^= 0xff;
    if (fork() == 0) {
        dup2(fileno(said), 2);
        FREE(block);
        _exit(0);
    }
    waitpid(-1, &status, 0);
    return !WIFSIGNALED(status) || lseek(fileno(said), 0, SEEK_CUR) == 0;
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
    waitpid(-1, &status, 0);
    return status != 0;
}

/* == debug-hooks.inner.calloc == */
static int calls;
static int is_one;

static void *note_malloc(void *area, size_t size)
{
    calls++;
    return memset(area, 1, size);
}

static void *note_calloc(void *area, size_t nelem, size_t elsize)
{
    calls++;
    is_one = nelem == 1;
    return memset(area, 0, nelem * elsize);
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(10000), note_malloc, note_calloc, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (size_t size = 0; size <= 600; size++)
        for (size_t nelem = 0; nelem <= 3; nelem++) {
            calls = is_one = 0;
            CALLOC(nelem, size);
            if (calls != 1 || !is_one)
                return 1;
        }
    return 0;
}

/* == debug-hooks.inner.null == */
static int mallocs;
static int others;

static void *note_malloc(void *area, size_t size)
{
    mallocs++;
    return memset(area, 1, size);
}

static void *note_realloc(void *area, void *block, size_t size)
{
    (void)block;
    others++;
    return memset(area, 1, size);
}

static void note_free(void *area, void *block)
{
    (void)area, (void)block;
    others++;
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(1000), note_malloc, NULL, note_realloc, note_free};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    REALLOC(NULL, 10);
    FREE(NULL);
    return mallocs != 1 || others != 0;
}

/* == debug-hooks.inner.one-call == */
static int calls;
static size_t asked;

static void *note_malloc(void *area, size_t size)
{
    calls++;
    asked = size;
    return area;
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(100000), note_malloc, NULL, NULL, keep};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    MALLOC(0);
    size_t more = asked;
    for (size_t size = 0; size <= 80000; size += size < 600 ? 1 : 1000) {
        calls = 0;
        MALLOC(size);
        if (calls != 1 || asked != size + more || more < 24)
            return 1;
    }
    return 0;
}

/* == debug-hooks.inner.size == */
static size_t asked;

static void *note_malloc(void *area, size_t size)
{
    asked += size;
    return area;
}

static void *note_calloc(void *area, size_t nelem, size_t elsize)
{
    asked += nelem * elsize;
    return area;
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(10000), note_malloc, note_calloc, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (size_t size = 0; size <= 5000; size++) {
        asked = 0;
        MALLOC(size);
        if (asked != size + @debug-frame@)
            return 1;
        CALLOC(1, size);
        if (asked != 2 * (size + @debug-frame@))
            return 1;
    }
    return 0;
}

/* == debug-hooks.inner.limit == */
static size_t asked;

static void *refuse(void *ctx, size_t size)
{
    (void)ctx;
    asked = size;
    return NULL;
}

static int defect(void)
{
    PyMemAllocatorEx below = {NULL, refuse, NULL, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (size_t less = 0; less < 24; less++)
        if (MALLOC(PY_SSIZE_T_MAX - less) || asked != 0)
            return 1;
    MALLOC(PY_SSIZE_T_MAX - 64);
    return asked <= (size_t)PY_SSIZE_T_MAX - 64 || asked > (size_t)PY_SSIZE_T_MAX;
}

/* == debug-hooks.serial-number.refused == */
static int defect(void)
{
    PyMemAllocatorEx below = {malloc(10000), give, NULL, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    unsigned char *block = MALLOC(24);
    unsigned char number = block[24 + 15];
    MALLOC(PY_SSIZE_T_MAX);
    block = MALLOC(24);
    unsigned char step = block[24 + 15] - number;
    return step != 1 + @serial-counts-refused@;
}

/* == debug-hooks.setup.again == */
static int defect(void)
{
    PyMemAllocatorEx before, after;
    PyMem_GetAllocator(DOMAIN, &before);
    PyMem_SetupDebugHooks();
    PyMem_GetAllocator(DOMAIN, &after);
    return memcmp(&before, &after, sizeof before) != 0;
}

/* == debug-hooks.setup.over-replacement == */
static size_t asked;

static void *note_malloc(void *area, size_t size)
{
    asked = size;
    return area;
}

static int defect(void)
{
    PyMemAllocatorEx new = {malloc(1000), note_malloc, NULL, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &new);
    MALLOC(10);
    if (asked != 10)
        return 1;
    PyMem_SetupDebugHooks();
    unsigned char *block = MALLOC(10);
    return asked < 10 + 24 || block[-8] != LETTER || block[-9] != 10;
}

/* == debug-hooks.setup.under-hook == */
static PyMemAllocatorEx before;
static size_t asked;

static void *note_malloc(void *ctx, size_t size)
{
    asked = size;
    return before.malloc(ctx, size);
}

static int defect(void)
{
    PyMem_GetAllocator(DOMAIN, &before);
    PyMemAllocatorEx hook = before;
    hook.malloc = note_malloc;
    PyMem_SetAllocator(DOMAIN, &hook);
    for (size_t size = 0; size <= 5000; size++) {
        unsigned char *block = MALLOC(size);
        if (asked != size || block[-8] != LETTER || block[-9] != size % 256)
            return 1;
    }
    return 0;
}

/* == debug-hooks.setup.start-removes == */
static int defect(void)
{
    PyMemAllocatorEx hooks[3], now;
    PyMem_SetupDebugHooks();
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &hooks[domain]);
    start("malloc");
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator((PyMemAllocatorDomain)domain, &now);
        if (now.malloc == hooks[domain].malloc)
            return 1;
    }
    return 0;
}
