/* Five addresses of no functions: whoever calls one of them dies. */
static char marks[5];
static void *of_marks[5] = {marks, marks + 1, marks + 2, marks + 3, marks + 4};

/* How many calls came with the ctx of their struct, and whether they are refused. */
static int calls, refusing;

static void *own_malloc(void *ctx, size_t size)
{
    calls += ctx == &calls;
    return refusing ? NULL : malloc(size);
}

static void *own_calloc(void *ctx, size_t nelem, size_t elsize)
{
    calls += ctx == &calls;
    return refusing ? NULL : calloc(nelem, elsize);
}

static void *own_realloc(void *ctx, void *block, size_t size)
{
    calls += ctx == &calls;
    return refusing ? NULL : realloc(block, size + !size);
}

static void own_free(void *ctx, void *block)
{
    calls += ctx == &calls;
    free(block);
}

static PyMemAllocatorEx own = {&calls, own_malloc, own_calloc, own_realloc, own_free};

/* Whether the domain may be called: an interpreter runs, or none is needed. */
static int is_callable(PyMemAllocatorDomain domain)
{
    return domain == PYMEM_DOMAIN_RAW || !Py_IsInitialized || Py_IsInitialized();
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
    void *got[5];
    PyMem_SetAllocator(DOMAIN, (PyMemAllocatorEx *)of_marks);
    PyMem_GetAllocator(DOMAIN, (PyMemAllocatorEx *)got);
    return memcmp(got, of_marks, sizeof got) != 0;
}

/* == customize.copies == */
static int defect(void)
{
    PyMemAllocatorEx before, set, got;
    PyMem_GetAllocator(DOMAIN, &before);
    set = before;
    PyMem_SetAllocator(DOMAIN, &set);
    memcpy(&set, of_marks, sizeof set);
    PyMem_GetAllocator(DOMAIN, &got);
    if (memcmp(&got, &before, sizeof got) != 0)
        return 1;
    if (is_callable(DOMAIN)) {
        signal(SIGSEGV, died);
        FREE(REALLOC(MALLOC(10), 20));
        FREE(CALLOC(3, 5));
    }
    return 0;
}

/* == customize.per-domain == */
static int defect(void)
{
    PyMemAllocatorEx before[3], after[3];
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &before[domain]);
    PyMem_SetAllocator(DOMAIN, (PyMemAllocatorEx *)of_marks);
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &after[domain]);
    after[DOMAIN] = before[DOMAIN];
    return memcmp(before, after, sizeof before) != 0;
}

/* == customize.unknown-domain == */
static int defect(void)
{
    static const int unknown[] = {3, 99, -1};
    PyMemAllocatorEx got, none, before[3], after[3];
    memset(&none, 0, sizeof none);
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &before[domain]);
    for (int i = 0; i < 3; i++) {
        memcpy(&got, of_marks, sizeof got);
        PyMem_GetAllocator(unknown[i], &got);
        if (memcmp(&got, &none, sizeof got) != 0)
            return 1;
        PyMem_SetAllocator(unknown[i], (PyMemAllocatorEx *)of_marks);
    }
    for (int domain = 0; domain < 3; domain++)
        PyMem_GetAllocator(domain, &after[domain]);
    return memcmp(before, after, sizeof before) != 0;
}

/* == customize.ctx == */
static int defect(void)
{
    PyMem_SetAllocator(DOMAIN, &own);
    FREE(REALLOC(MALLOC(10), 20));
    FREE(CALLOC(3, 5));
    return calls < 5;
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
    /* Each size twice: NULL and then a block, or a block that has that size. */
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
    PyMemAllocatorEx seeing;
    PyMem_GetAllocator(DOMAIN, &seeing);
    seeing.free = seeing_free;
    PyMem_SetAllocator(DOMAIN, &seeing);
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
    static const size_t sizes[] = {(size_t)PY_SSIZE_T_MAX + 1, SIZE_MAX - 100, SIZE_MAX};
    char block[1];
    PyMem_SetAllocator(DOMAIN, (PyMemAllocatorEx *)of_marks);
    signal(SIGSEGV, died);
    for (int i = 0; i < 3; i++)
        if (MALLOC(sizes[i]) || CALLOC(sizes[i], 1) || CALLOC(sizes[i] / 2, 3) || REALLOC(NULL, sizes[i])
            || REALLOC(block, sizes[i]))
            return 1;
    return 0;
}

/* == customize.failure == */
static int defect(void)
{
    char block[100];
    memset(block, 'x', sizeof block);
    PyMem_SetAllocator(DOMAIN, &own);
    refusing = 1;
    for (size_t size = 0; size <= 1000; size++) {
        calls = 0;
        if (MALLOC(size) || calls != 1 || CALLOC(size, 1) || calls != 2 || REALLOC(block, size) || calls != 3)
            return 1;
    }
    if (Py_IsInitialized && Py_IsInitialized() && PyErr_Occurred())
        return 1;
    return !all_are(block, sizeof block, 'x');
}

/* == customize.wraps == */
static int defect(void)
{
    PyMem_SetAllocator(DOMAIN, &own);
    for (size_t size = 1; size <= 1000; size++) {
        calls = 0;
        void *block = CALLOC(1, size), *other = MALLOC(size);
        if (calls != 2 || !all_are(block, size, 0))
            return 1;
        block = REALLOC(block, size + 50);
        if (calls != 3 || !all_are(block, size, 0))
            return 1;
        FREE(block);
        FREE(other);
        if (calls != 5)
            return 1;
    }
    return 0;
}

/* == customize.restores == */
static int defect(void)
{
    PyMemAllocatorEx before, got;
    PyMem_GetAllocator(DOMAIN, &before);
    PyMem_SetAllocator(DOMAIN, (PyMemAllocatorEx *)of_marks);
    PyMem_SetAllocator(DOMAIN, &before);
    PyMem_GetAllocator(DOMAIN, &got);
    if (memcmp(&got, &before, sizeof got) != 0)
        return 1;
    if (is_callable(DOMAIN)) {
        signal(SIGSEGV, died);
        FREE(REALLOC(MALLOC(10), 20));
        FREE(CALLOC(3, 5));
    }
    return 0;
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
        block = t.calloc(t.ctx, size, 2);
        if (!all_are(block, 2 * size, 0))
            return 1;
        FREE(block);
    }
    t.free(t.ctx, NULL);
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
    void *(*const mallocs[])(size_t) = {PyMem_RawMalloc, PyMem_Malloc, PyObject_Malloc};
    for (int domain = 0; domain < 3; domain++)
        PyMem_SetAllocator(domain, &own);
    initialise();
    for (int domain = 0; domain < 3; domain++) {
        PyMemAllocatorEx got;
        PyMem_GetAllocator(domain, &got);
        calls = 0;
        if (memcmp(&got, &own, sizeof got) != 0 || !mallocs[domain](10) || calls == 0)
            return 1;
    }
    return 0;
}

/* == customize.after-end == */
static PyMemAllocatorEx before;

static void *passing_malloc(void *ctx, size_t size)
{
    return before.malloc(ctx, size);
}

static int defect(void)
{
    PyMemAllocatorEx ours, got;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &before);
    ours = before;
    ours.malloc = passing_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &ours);
    initialise();
    Py_FinalizeEx();
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &got);
    return memcmp(&got, &ours, sizeof got) != 0;
}

/* == customize.start-replaces == */
static PyMemAllocatorEx before;

static void *passing_malloc(void *ctx, size_t size)
{
    return before.malloc(ctx, size);
}

static int defect(void)
{
    PyMemAllocatorEx ours, got;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &before);
    ours = before;
    ours.malloc = passing_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &ours);
    start("malloc");
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &got);
    return got.malloc == passing_malloc;
}

/* == customize.locked == */
static PyMemAllocatorEx before;
static atomic_int done;

static void *exchange(void *unused)
{
    for (int i = 0; i < 10000; i++) {
        PyMem_SetAllocator(DOMAIN, (PyMemAllocatorEx *)of_marks);
        PyMem_SetAllocator(DOMAIN, &before);
    }
    done = 1;
    return unused;
}

static int defect(void)
{
    pthread_t thread;
    PyMem_GetAllocator(DOMAIN, &before);
    pthread_create(&thread, NULL, exchange, NULL);
    while (!done) {
        PyMemAllocatorEx got;
        PyMem_GetAllocator(DOMAIN, &got);
        if (memcmp(&got, &before, sizeof got) != 0 && memcmp(&got, of_marks, sizeof got) != 0)
            return 1;
    }
    return 0;
}

/* == domains.hooks-apart == */
static void use(size_t size)
{
    void *block = MALLOC(size), *zeroed = CALLOC(1, size);
    FREE(REALLOC(block, size + 20));
    FREE(zeroed);
}

static int defect(void)
{
    /* Who serves small blocks may have to ask raw for memory, but not for more of what was just freed. */
    for (size_t size = 1; size <= 460; size++) {
        MALLOC(size);
        use(size);
    }
    for (int other = 0; other < 3; other++) {
        PyMemAllocatorEx before;
        if (other == DOMAIN)
            continue;
        PyMem_GetAllocator(other, &before);
        PyMem_SetAllocator(other, (PyMemAllocatorEx *)of_marks);
        signal(SIGSEGV, died);
        for (size_t size = 1; size <= 440; size++)
            use(size);
        PyMem_SetAllocator(other, &before);
    }
    return 0;
}
