/* A block, made or resized in one of five ways. */
static unsigned char *made(int way, size_t size)
{
    return way == 0 ? MALLOC(size) : way == 1 ? CALLOC(1, size) : way == 2 ? REALLOC(NULL, size)
        : REALLOC(MALLOC(way == 3 ? size / 2 : size + 50), size);
}

static void *give_same_block(void *block, size_t size)
{
    return memset(block, 1, size);
}

static void keep_block(void *ctx, void *block)
{
    (void)ctx, (void)block;
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
    PyMemAllocatorEx below = {malloc(10000), give_same_block, NULL, NULL, keep_block};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    /* Free-threaded builds leave the first bytes of objects alone. */
    int unfilled = @debug-unfilled@;
    for (int size = 0; size <= 5000; size += size < 600 ? 1 : 400) {
        unsigned char *block = MALLOC(size);
        FREE(block);
        for (int i = -16; i < size + 8; i++)
            if (block[i] != @debug-dead@ && (i < 0 || i >= unfilled))
                return 1;
    }
    return 0;
}

/* == debug-hooks.dead.realloc == */
static void *give(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void *stay(void *ctx, void *block, size_t size)
{
    (void)ctx, (void)size;
    return block;
}

static int defect(void)
{
    PyMemAllocatorEx below = {NULL, give, NULL, stay, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (int old = 0; old <= 700; old += 5)
        for (int size = 0; size < old; size += 5) {
            unsigned char *block = memset(MALLOC(old), 1, old), *resized = REALLOC(block, size);
            /* Behind the new guard bytes and, up to 3.7, a serial number. */
            for (int i = size + 16; resized == block && i < old + 8; i++)
                if (block[i] != @debug-dead@ && (old <= 128 || i >= old - 64))
                    return 1;
        }
    return 0;
}

/* == debug-hooks.dead.moved == */
static void *give(void *ctx, size_t size)
{
    (void)ctx;
    return memset(malloc(size + 1000), 1, size + 1000);
}

static void *move(void *ctx, void *block, size_t size)
{
    return memcpy(give(ctx, size), block, size);
}

static int defect(void)
{
    PyMemAllocatorEx below = {NULL, give, NULL, move, NULL};
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
    PyMemAllocatorEx below = {malloc(10000), give_same_block, NULL, refuse, NULL};
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

/* == debug-hooks.inner.calloc == */
static int right_calls;

static void *note(void *area, size_t nelem, size_t elsize)
{
    right_calls += nelem == 1;
    return memset(area, 0, nelem * elsize);
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(10000), give_same_block, note, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    for (size_t size = 0; size <= 600; size++) {
        right_calls = 0;
        CALLOC(3, size);
        if (right_calls != 1)
            return 1;
    }
    return 0;
}

/* == debug-hooks.inner.null == */
static int frees;

static void *refuse_resize(void *ctx, void *block, size_t size)
{
    (void)ctx, (void)block, (void)size;
    return NULL;
}

static void count_free(void *ctx, void *block)
{
    (void)ctx, (void)block;
    frees++;
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(1000), give_same_block, NULL, refuse_resize, count_free};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    FREE(NULL);
    return !REALLOC(NULL, 10) || frees > 0;
}

/* == debug-hooks.inner.one-call == */
static int calls;
static size_t asked;

static void *note(void *area, size_t size)
{
    calls++;
    asked = size;
    return area;
}

static int defect(void)
{
    PyMemAllocatorEx below = {malloc(100000), note, NULL, NULL, keep_block};
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
    PyMemAllocatorEx below = {malloc(10000), give_same_block, NULL, NULL, NULL};
    PyMem_SetAllocator(DOMAIN, &below);
    PyMem_SetupDebugHooks();
    unsigned char *block = MALLOC(24);
    unsigned char number = block[24 + 15];
    MALLOC(PY_SSIZE_T_MAX);
    block = MALLOC(24);
    unsigned char step = block[24 + 15] - number;
    return step != 1 + @serial-counts-refused@;
}

/* == debug-hooks.setup.again debug-hooks.setup.without-effect == */
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
    PyMem_SetupDebugHooks();
    /* Free-threaded builds have no malloc. */
    setenv("PYTHONMALLOC", @served-by@ == 1 ? "malloc" : "mimalloc", 1);
    Py_InitializeEx(0);
    unsigned char *raw = PyMem_RawMalloc(40), *mem = PyMem_Malloc(40), *obj = PyObject_Malloc(40);
    return raw[-8] == 'r' || mem[-8] == 'm' || obj[-8] == 'o';
}
