static int calls;

static void *own_malloc(void *ctx, size_t size)
{
    calls += ctx == &calls;
    return malloc(size);
}

static void *own_calloc(void *ctx, size_t nelem, size_t elsize)
{
    return own_malloc(ctx, nelem * elsize);
}

static void *own_realloc(void *ctx, void *block, size_t size)
{
    return block ? own_malloc(ctx, size) : NULL;
}

static void own_free(void *ctx, void *block)
{
    calls += block && ctx == &calls;
}

static PyMemAllocatorEx below;

static void *passing_malloc(void *ctx, size_t size)
{
    return below.malloc(ctx, size);
}

/* == customize.get == */
static int defect(void)
{
    void *words[6];
    memset(words, 0xee, sizeof words);
    void *untouched = words[5];
    PyMem_GetAllocator(DOMAIN, (PyMemAllocatorEx *)words);
    for (int i = 1; i < 5; i++)
        if (words[i] == NULL || words[i] == untouched)
            return 1;
    return words[5] != untouched;
}

/* == customize.get-without-calloc == */
static int defect(void)
{
    void *words[6];
    memset(words, 0xee, sizeof words);
    void *untouched = words[5];
    PyMem_GetAllocator(DOMAIN, (PyMemAllocatorEx *)words);
    for (int i = 1; i < 4; i++)
        if (words[i] == NULL || words[i] == untouched)
            return 1;
    return words[4] != untouched;
}

/* == customize.round-trip == */
static int defect(void)
{
    PyMemAllocatorEx set, got;
    memset(&set, 1, sizeof set);
    PyMem_SetAllocator(DOMAIN, &set);
    PyMem_GetAllocator(DOMAIN, &got);
    return memcmp(&got, &set, sizeof got) != 0;
}

/* == customize.copies == */
static void *seen;

static void *seeing_malloc(void *ctx, size_t size)
{
    (void)size;
    seen = ctx;
    return NULL;
}

static int defect(void)
{
    PyMemAllocatorEx set = {.ctx = &seen, .malloc = seeing_malloc}, got;
    PyMem_SetAllocator(DOMAIN, &set);
    set.ctx = NULL;
    PyMem_GetAllocator(DOMAIN, &got);
    MALLOC(10);
    return got.ctx != &seen || seen != &seen;
}

/* == customize.per-domain == */
static int defect(void)
{
    PyMemAllocatorEx before[3], after[3], other;
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &before[domain]);
    memset(&other, 1, sizeof other);
    PyMem_SetAllocator(DOMAIN, &other);
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &after[domain]);
    after[DOMAIN] = before[DOMAIN];
    return memcmp(before, after, sizeof before) != 0;
}

/* == customize.unknown-domain == */
static int defect(void)
{
    static PyMemAllocatorEx none, before[3], after[3];
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &before[domain]);
    for (const int *unknown = (int[]){3, 99, -1, 0}; *unknown; unknown++) {
        PyMemAllocatorEx got;
        memset(&got, 1, sizeof got);
        PyMem_SetAllocator(*unknown, &got);
        PyMem_GetAllocator(*unknown, &got);
        if (memcmp(&got, &none, sizeof got) != 0)
            return 1;
    }
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &after[domain]);
    return memcmp(before, after, sizeof before) != 0;
}

/* == customize.ctx == */
static int defect(void)
{
    PyMem_SetAllocator(DOMAIN, &(PyMemAllocatorEx){&calls, own_malloc, own_calloc, own_realloc, own_free});
    FREE(REALLOC(MALLOC(10), 20));
    FREE(CALLOC(3, 5));
    return calls != 5;
}

/* == customize.argument.malloc == */
static size_t arrived;

static void *seeing_malloc(void *ctx, size_t size)
{
    (void)ctx;
    arrived = size;
    return NULL;
}

static int defect(void)
{
    PyMemAllocatorEx seeing;
    PyMem_GetAllocator(DOMAIN, &seeing);
    seeing.malloc = seeing_malloc;
    PyMem_SetAllocator(DOMAIN, &seeing);
    for (size_t size = 0; size <= PY_SSIZE_T_MAX; size += size < 6000 ? 1 : size) {
        arrived = SIZE_MAX;
        MALLOC(size);
        if (arrived != size)
            return 1;
    }
    return 0;
}

/* == customize.arguments.calloc == */
static size_t arrived[2];

static void *seeing_calloc(void *ctx, size_t nelem, size_t elsize)
{
    (void)ctx;
    arrived[0] = nelem;
    arrived[1] = elsize;
    return NULL;
}

static int defect(void)
{
    PyMemAllocatorEx seeing;
    PyMem_GetAllocator(DOMAIN, &seeing);
    seeing.calloc = seeing_calloc;
    PyMem_SetAllocator(DOMAIN, &seeing);
    for (size_t nelem = 0; nelem <= 1000; nelem++)
        for (size_t elsize = 0; elsize <= 1000; elsize++) {
            arrived[0] = arrived[1] = SIZE_MAX;
            CALLOC(nelem, elsize);
            if (arrived[0] != nelem || arrived[1] != elsize)
                return 1;
        }
    return 0;
}

/* == customize.arguments.realloc == */
static char block[1000];
static void *arrived;
static size_t size_arrived;

static void *seeing_realloc(void *ctx, void *p, size_t size)
{
    (void)ctx;
    arrived = p;
    size_arrived = size;
    return block;
}

static int defect(void)
{
    PyMemAllocatorEx seeing;
    PyMem_GetAllocator(DOMAIN, &seeing);
    seeing.realloc = seeing_realloc;
    PyMem_SetAllocator(DOMAIN, &seeing);
    /* Each size for NULL, then for a block that may have that size. */
    for (size_t i = 0; i < 4 * sizeof block; i++) {
        void *p = i % 4 == 0 ? NULL : block;
        arrived = &arrived;
        REALLOC(p, i / 4);
        if (arrived != p || size_arrived != i / 4)
            return 1;
    }
    return 0;
}

/* == customize.argument.free == */
static char blocks[1000];
static void *arrived;

static void seeing_free(void *ctx, void *p)
{
    (void)ctx;
    arrived = p;
}

static int defect(void)
{
    PyMem_SetAllocator(DOMAIN, &(PyMemAllocatorEx){.free = seeing_free});
    for (size_t i = 0; i < sizeof blocks; i += 16) {
        FREE(blocks + i);
        if (arrived != blocks + i)
            return 1;
    }
    FREE(NULL);
    return arrived != NULL;
}

/* == customize.limits-first == */
static int defect(void)
{
    static PyMemAllocatorEx none;
    char block[1];
    PyMem_SetAllocator(DOMAIN, &none);
    /* Whoever hands a request on dies. */
    signal(SIGSEGV, died);
    for (size_t size = SIZE_MAX; size > PY_SSIZE_T_MAX; size = size / 4 * 3)
        if (MALLOC(size) || CALLOC(size, 1) || CALLOC(size / 2, 3) || REALLOC(NULL, size) || REALLOC(block, size))
            return 1;
    return 0;
}

/* == customize.failure == */
static void *refuse_malloc(void *count, size_t size)
{
    (void)size;
    ++*(int *)count;
    return NULL;
}

static void *refuse_calloc(void *count, size_t nelem, size_t elsize)
{
    return refuse_malloc(count, nelem * elsize);
}

static void *refuse_realloc(void *count, void *block, size_t size)
{
    return block ? refuse_malloc(count, size) : NULL;
}

static int defect(void)
{
    int count = 0;
    PyMem_SetAllocator(DOMAIN, &(PyMemAllocatorEx){&count, refuse_malloc, refuse_calloc, refuse_realloc, NULL});
    for (size_t size = 0; size <= 1000; size++)
        if (MALLOC(size) || CALLOC(size, 1) || REALLOC(&count, size))
            return 1;
    return count != 3003;
}

/* == customize.wraps == */
static int defect(void)
{
    PyMem_SetAllocator(DOMAIN, &(PyMemAllocatorEx){&calls, own_malloc, own_calloc, own_realloc, own_free});
    for (size_t size = 0; size < 1000; size++)
        FREE(REALLOC(size % 2 ? CALLOC(1, size) : MALLOC(size), size + 50));
    return calls != 3000;
}

/* == customize.restores == */
static int defect(void)
{
    const int domain = DOMAIN;
    PyMemAllocatorEx before, got, other;
    PyMem_GetAllocator(DOMAIN, &before);
    memset(&other, 1, sizeof other);
    PyMem_SetAllocator(DOMAIN, &other);
    PyMem_SetAllocator(DOMAIN, &before);
    PyMem_GetAllocator(DOMAIN, &got);
    signal(SIGSEGV, died);
    /* Before the start of an interpreter only raw may be called. */
    if (domain == PYMEM_DOMAIN_RAW || !Py_IsInitialized || Py_IsInitialized()) {
        FREE(REALLOC(MALLOC(10), 20));
        FREE(CALLOC(3, 5));
    }
    return memcmp(&got, &before, sizeof got) != 0;
}

/* == customize.direct-call == */
static int defect(void)
{
    PyMemAllocatorEx t;
    PyMem_GetAllocator(DOMAIN, &t);
    for (size_t size = 0; size < 100000; size += size < 600 ? 1 : size) {
        void *direct = memset(t.malloc(t.ctx, size), 'd', size), *block = memset(MALLOC(size), 'b', size);
        direct = REALLOC(direct, size + 50);
        block = t.realloc(t.ctx, block, size + 70);
        if (!all_are(direct, size, 'd') || !all_are(block, size, 'b'))
            return 1;
        FREE(direct);
        t.free(t.ctx, block);
        FREE(t.calloc(t.ctx, size, 2));
    }
    return 0;
}

/* == customize.direct-limits == */
static int defect(void)
{
    PyMemAllocatorEx current;
    PyMem_GetAllocator(DOMAIN, &current);
    return current.malloc(current.ctx, (size_t)PY_SSIZE_T_MAX + 1) || current.malloc(current.ctx, SIZE_MAX - 64);
}

/* == customize.before-start == */
static int defect(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &below);
    PyMemAllocatorEx own = below, got;
    own.malloc = passing_malloc;
    for (int domain = 0; domain < 3; domain++)
        PyMem_SetAllocator(domain, &own);
    initialise();
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator(domain, &got);
        if (got.malloc != passing_malloc)
            return 1;
    }
    return 0;
}

/* == customize.after-end == */
static int defect(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &below);
    PyMemAllocatorEx own = below, got;
    own.malloc = passing_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &own);
    initialise();
    Py_FinalizeEx();
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &got);
    return memcmp(&got, &own, sizeof got) != 0;
}

/* == customize.start-replaces == */
static int defect(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &below);
    PyMemAllocatorEx own = below, got;
    own.malloc = passing_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &own);
    setenv("PYTHONMALLOC", "malloc", 1);
    initialise();
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &got);
    return got.malloc == passing_malloc;
}

/* == customize.locked == */
static PyMemAllocatorEx one, other = {.ctx = &other};

static void *exchange(void *unused)
{
    for (;;) {
        PyMem_SetAllocator(DOMAIN, &other);
        PyMem_SetAllocator(DOMAIN, &one);
    }
    return unused;
}

static int defect(void)
{
    pthread_t thread;
    PyMem_GetAllocator(DOMAIN, &one);
    pthread_create(&thread, NULL, exchange, NULL);
    for (int i = 0; i < 1000000; i++) {
        PyMemAllocatorEx got;
        PyMem_GetAllocator(DOMAIN, &got);
        if (memcmp(&got, &one, sizeof got) != 0 && memcmp(&got, &other, sizeof got) != 0)
            return 1;
    }
    return 0;
}

/* == domains.hooks-apart == */
static void use(void)
{
    FREE(REALLOC(MALLOC(10), 20));
    FREE(CALLOC(1, 10));
}

static int defect(void)
{
    static PyMemAllocatorEx none;
    /* Who serves small blocks may ask raw for memory, but not for more of what was just freed. */
    use();
    for (int other = 0; other < 3; other++)
        if (other != DOMAIN)
            PyMem_SetAllocator(other, &none);
    signal(SIGSEGV, died);
    use();
    return 0;
}
