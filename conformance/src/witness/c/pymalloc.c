/* What serves raw otherwise, and its last call. */
static PyMemAllocatorEx raw;
static char called;
static void *passed;
static size_t asked[2];

static void *seen_malloc(void *ctx, size_t size)
{
    called = 'm';
    asked[0] = size;
    return raw.malloc(ctx, size);
}

static void *seen_calloc(void *ctx, size_t nelem, size_t elsize)
{
    called = 'c';
    asked[0] = nelem;
    asked[1] = elsize;
    return raw.calloc(ctx, nelem, elsize);
}

static void *seen_realloc(void *ctx, void *block, size_t size)
{
    called = 'r';
    passed = block;
    asked[0] = size;
    return raw.realloc(ctx, block, size);
}

static void seen_free(void *ctx, void *block)
{
    called = 'f';
    passed = block;
    raw.free(ctx, block);
}

static Py_ssize_t allocated_blocks(void)
{
    PyObject *sys = PyImport_ImportModule("sys");
    return PyLong_AsSsize_t(PyObject_CallObject(PyObject_GetAttrString(sys, "getallocatedblocks"), NULL));
}

/* == pymalloc.small == */
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

static int defect(void)
{
    /* The debug hooks add at least 24 bytes. */
    const size_t small = @arena-limit@, large = small == 512 ? 513 : 489;
    PyMemAllocatorEx refusing;
    /* Raw is not to be needed for arenas later. */
    for (size_t size = 1; size <= small; size++)
        for (int i = 0; i < 8; i++)
            i % 2 ? (void)MALLOC(size) : FREE(MALLOC(size));
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &refusing);
    refusing.malloc = no_malloc;
    refusing.calloc = no_calloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &refusing);
    for (size_t size = 1; size <= 1000; size++) {
        void *blocks[] = {MALLOC(size), CALLOC(1, size), REALLOC(NULL, size), REALLOC(MALLOC(1), size)};
        for (int i = 0; i < 4; i++) {
            if (size <= small ? !blocks[i] : size >= large && blocks[i])
                return 1;
            if (size <= small)
                FREE(blocks[i]);
        }
    }
    return 0;
}

/* == pymalloc.large == */
static int defect(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMemAllocatorEx seen = {raw.ctx, seen_malloc, seen_calloc, seen_realloc, seen_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &seen);
    /* Debug hooks add up to 32 bytes, 16 of them in front. */
    char *block = MALLOC(513);
    if (called != 'm' || asked[0] - 513 > 32)
        return 1;
    char *moved = REALLOC(block, 600);
    if (called != 'r' || (size_t)(block - (char *)passed) > 16 || asked[0] - 600 > 32)
        return 1;
    FREE(moved);
    if (called != 'f' || (size_t)(moved - (char *)passed) > 16)
        return 1;
    /* Under debug hooks a calloc is one of a single element. */
    CALLOC(3, 200);
    return called != 'c' || asked[0] != (@arena-limit@ == 512 ? 3 : 1) || asked[0] * asked[1] - 600 > 32;
}

/* == pymalloc.zero-size == */
static int defect(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMemAllocatorEx seen = raw;
    seen.malloc = seen_malloc;
    seen.calloc = seen_calloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &seen);
    MALLOC(0);
    if (called != 'm' || asked[0] != 0)
        return 1;
    for (size_t i = 0; i < 1200; i++) {
        size_t nelem = i % 2 ? i / 2 : 0, elsize = i % 2 ? 0 : i / 2;
        called = 0;
        CALLOC(nelem, elsize);
        if (called != 'c' || asked[0] != nelem || asked[1] != elsize)
            return 1;
    }
    return 0;
}

/* == pymalloc.realloc.across == */
static int defect(void)
{
    char *block = memset(MALLOC(400), 'x', 400);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    PyMemAllocatorEx seen = raw;
    seen.malloc = seen_malloc;
    seen.realloc = seen_realloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &seen);
    /* Debug hooks add up to 32 bytes, 16 of them in front. */
    block = REALLOC(block, 600);
    if (called != 'm' || asked[0] - 600 > 32 || !all_are(block, 400, 'x'))
        return 1;
    char *moved = REALLOC(block, 100);
    if (called != 'r' || (size_t)(block - (char *)passed) > 16 || asked[0] - 100 > 32)
        return 1;
    return !all_are(moved, 100, 'x');
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
    PyMemAllocatorEx hook;
    void *block = MALLOC(600);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &hook);
    hook.realloc = refusing_realloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &hook);
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
    /* The first is more than three quarters of its class. */
    for (size_t first = 97; first < 512; first += 48) {
        const size_t step = @size-class-step@;
        void *block = MALLOC(first);
        uintptr_t before = (uintptr_t)block;
        for (size_t size = first + 1; size <= (first + step - 1) / step * step; size++) {
            block = REALLOC(block, size);
            if ((uintptr_t)block != before)
                return 1;
        }
    }
    return 0;
}

/* == pymalloc.count == */
static int defect(void)
{
    /* Whoever asks may make some blocks of his own. */
    const Py_ssize_t slack = 50;
    static const size_t sizes[] = {100, 2000};
    for (int i = 0; i < 2; i++) {
        Py_ssize_t before = allocated_blocks();
        for (int j = 0; j < 3000; j++)
            MALLOC(sizes[i]);
        Py_ssize_t more = allocated_blocks() - before - 3000 * @blocks-counted@;
        if (more < -slack || more > slack)
            return 1;
    }
    Py_ssize_t before = allocated_blocks();
    for (int j = 0; j < 3000; j++)
        PyMem_RawMalloc(100);
    return allocated_blocks() - before > slack;
}

/* == pymalloc.count.none == */
static int defect(void)
{
    MALLOC(100);
    return allocated_blocks() != 0;
}
