/* == customize.failure-sweep == */
static int calls;

/* Takes the place of each function of the allocator while it refuses. */
static void *refuse(void)
{
    calls++;
    return NULL;
}

static int defect(void)
{
    void *(*get_block)(size_t size) = dlsym(library, "MALLOC");
    void *(*get_zeroed)(size_t nelem, size_t elsize) = dlsym(library, "CALLOC");
    void *(*resize)(void *block, size_t size) = dlsym(library, "REALLOC");
    void (*release)(void *block) = dlsym(library, "FREE");
    void (*get)(int domain, void *allocator) = dlsym(library, "PyMem_GetAllocator");
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    void *allocator[5], *refusing[] = {NULL, refuse, refuse, refuse, refuse};
    get(DOMAIN, allocator);
    for (size_t size = 200; size < 3000; size += 20) {
        char *block = memset(resize(get_block(100), size), 'x', size);
        calls = 0;
        set(DOMAIN, refusing);
        int served = get_block(100) || get_zeroed(1, 100) || resize(block, 2 * size);
        set(DOMAIN, allocator);
        /* Each of the three arrives, and nothing else does. */
        if (served || calls != 3 || block[0] != 'x' || block[size - 1] != 'x')
            return 1;
        release(block);
        block = get_zeroed(1, size);
        if (!block || block[0] != 0 || block[size - 1] != 0)
            return 1;
        release(block);
    }
    return 0;
}

/* == customize.failure-sweep.raw == */
static void *(*malloc_below)(void *ctx, size_t size);
static void (*free_below)(void *ctx, void *block);
static int requests, blocks;

/* Refuses each fifth request. */
static void *refusing_malloc(void *ctx, size_t size)
{
    if (++requests % 5 == 0)
        return NULL;
    blocks++;
    return malloc_below(ctx, size);
}

static void counting_free(void *ctx, void *block)
{
    blocks -= block != NULL;
    free_below(ctx, block);
}

static int defect(void)
{
    void *(*get_block)(size_t size) = dlsym(library, "MALLOC");
    void (*release)(void *block) = dlsym(library, "FREE");
    void (*get)(int domain, void *allocator) = dlsym(library, "PyMem_GetAllocator");
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    void *raw[5]; /* ctx, malloc, calloc, realloc, free */
    get(0, raw);
    malloc_below = raw[1];
    free_below = raw[4];
    raw[1] = refusing_malloc;
    raw[4] = counting_free;
    set(0, raw);
    for (int i = 0; i < 100; i++)
        release(get_block(5000));
    /* Something may be kept for good, but not each time. */
    return blocks >= 10;
}

/* == debug-hooks.failure-sweep == */
static void *give(void *ctx, size_t size)
{
    return size < 1000 ? ctx : NULL;
}

static void *refuse(void)
{
    return NULL;
}

static int defect(void)
{
    static size_t memory[200];
    void *own[] = {memory /* ctx */, give, refuse, refuse, refuse /* free keeps it */};
    void *(*get_block)(size_t size) = dlsym(library, "MALLOC");
    void *(*get_zeroed)(size_t nelem, size_t elsize) = dlsym(library, "CALLOC");
    void *(*resize)(void *block, size_t size) = dlsym(library, "REALLOC");
    void (*release)(void *block) = dlsym(library, "FREE");
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    set(DOMAIN, own);
    PyMem_SetupDebugHooks();
    for (int run = 0; run < 10; run++) {
        char *block = memset(get_block(100), 'x', 100);
        int served = get_zeroed(1, 100) || resize(block, 200) || resize(block, 50);
        if (served || block[0] != 'x' || block[99] != 'x')
            return 1;
        release(block);
    }
    return 0;
}

/* == arenas.failure-sweep == */
static void *(*malloc_below)(void *ctx, size_t size);
static int requests;

static void *counting_malloc(void *ctx, size_t size)
{
    requests++;
    return malloc_below(ctx, size);
}

static void *refuse(void)
{
    return NULL;
}

static int defect(void)
{
    static char *blocks[20000];
    void *(*get_block)(size_t size) = dlsym(library, "MALLOC");
    void (*release)(void *block) = dlsym(library, "FREE");
    void (*get)(int domain, void *allocator) = dlsym(library, "PyMem_GetAllocator");
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    void (*get_arenas)(void *allocator) = dlsym(library, "PyObject_GetArenaAllocator");
    void (*set_arenas)(void *allocator) = dlsym(library, "PyObject_SetArenaAllocator");
    void *raw[5], *arenas[3]; /* ctx, malloc or alloc, ... */
    get(0, raw);
    malloc_below = raw[1];
    raw[1] = counting_malloc;
    set(0, raw);
    get_arenas(arenas);
    arenas[1] = refuse;
    int shows = 0;
    for (int i = 0; i < 20000; i++) {
        if (i == 10000)
            set_arenas(arenas);
        int before = requests;
        blocks[i] = get_block(400);
        /* One block of raw is enough. */
        shows |= requests > before + 1;
    }
    for (int i = 0; i < 20000; i++)
        release(blocks[i]);
    return shows;
}
