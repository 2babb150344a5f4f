static void *no_malloc(void *ctx, size_t size)
{
    (void)ctx, (void)size;
    return NULL;
}

static void *no_calloc(void *ctx, size_t nelem, size_t elsize)
{
    (void)ctx, (void)nelem, (void)elsize;
    return NULL;
}

static void *no_realloc(void *ctx, void *block, size_t size)
{
    (void)ctx, (void)block, (void)size;
    return NULL;
}

/* == pymalloc.small == */
static int defect(void)
{
    static PyMemAllocatorEx none;
    /* Arenas are taken first; who asks raw from then on dies. */
    for (size_t size = 1; size <= @arena-limit@; size++)
        MALLOC(size);
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &none);
    signal(SIGSEGV, died);
    for (size_t size = 1; size <= @arena-limit@; size++) {
        FREE(MALLOC(size));
        FREE(CALLOC(1, size));
    }
    return 0;
}

/* == pymalloc.large == */
static int defect(void)
{
    int shows = 0;
    PyMemAllocatorEx raw;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    raw.malloc = no_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &raw);
    /* Only malloc is to ask raw's malloc. */
    for (size_t size = 513; size < 100000; size *= 2)
        shows |= MALLOC(size) || !CALLOC(3, size) || !REALLOC(CALLOC(3, size), size);
    return shows;
}

/* == pymalloc.zero-size == */
static int defect(void)
{
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &(PyMemAllocatorEx){.malloc = no_malloc, .calloc = no_calloc});
    int shows = MALLOC(0) != NULL;
    for (size_t i = 0; i < 600; i++)
        shows |= CALLOC(0, i) || CALLOC(i, 0);
    return shows;
}

/* == pymalloc.realloc.across == */
static int defect(void)
{
    void *small = MALLOC(400), *large = MALLOC(600);
    PyMemAllocatorEx raw;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &(PyMemAllocatorEx){raw.ctx, no_malloc, NULL, no_realloc, raw.free});
    /* One asks raw's malloc, the other its realloc. */
    return REALLOC(small, 600) || REALLOC(large, 100);
}

/* == pymalloc.realloc.to-zero == */
static void *block_seen;
static size_t size_seen;

static void *refusing_realloc(void *ctx, void *block, size_t size)
{
    (void)ctx;
    block_seen = block;
    size_seen = size;
    return NULL;
}

static int defect(void)
{
    void *block = MALLOC(600);
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &(PyMemAllocatorEx){.realloc = refusing_realloc});
    REALLOC(block, 0);
    return block_seen != block || size_seen != @large-resized-to-zero@;
}

/* == pymalloc.realloc.shrinks == */
static int defect(void)
{
    for (size_t class = 64; class <= 512; class *= 2)
        for (size_t size = class / 2; size < class; size++) {
            void *block = MALLOC(class);
            uintptr_t before = (uintptr_t)block;
            int stays = (uintptr_t)REALLOC(block, size) == before;
            if (stays != (size > class / 4 * 3))
                return 1;
        }
    return 0;
}

/* == pymalloc.realloc.grows == */
static int defect(void)
{
    const size_t step = @size-class-step@;
    /* The first is more than three quarters of its class. */
    for (size_t first = 97; first < 512; first += 48) {
        void *block = MALLOC(first);
        uintptr_t before = (uintptr_t)block;
        for (size_t size = first + 1; size <= (first + step - 1) / step * step; size++)
            block = REALLOC(block, size);
        if ((uintptr_t)block != before)
            return 1;
    }
    return 0;
}

/* == pymalloc.count == */
static int defect(void)
{
    for (size_t size = 100; size <= 2000; size *= 20) {
        PyRun_SimpleString("import sys; before = sys.getallocatedblocks()");
        for (int i = 0; i < 3000; i++)
            MALLOC(size);
        /* Whoever asks makes some blocks of his own. */
        if (PyRun_SimpleString("assert abs(sys.getallocatedblocks() - before - 3000 * @blocks-counted@) < 100"))
            return 1;
    }
    return 0;
}

/* == pymalloc.count.none == */
static int defect(void)
{
    MALLOC(100);
    return PyRun_SimpleString("import sys; assert sys.getallocatedblocks() == 0") != 0;
}
