/* Requests up to the one that is refused, how many were, and blocks that have not come back. */
static int left, refusals, owed;

static int refuses(void)
{
    int this = left > 0 && --left == 0;
    refusals += this;
    return this;
}

static void *counted(void *block)
{
    owed += block != NULL;
    return block;
}

/* The allocator below, and what is laid over it. */
static PyMemAllocatorEx below;

static void *over_malloc(void *ctx, size_t size)
{
    return refuses() ? NULL : counted(below.malloc(ctx, size));
}

static void *over_calloc(void *ctx, size_t nelem, size_t elsize)
{
    return refuses() ? NULL : counted(below.calloc(ctx, nelem, elsize));
}

static void *over_realloc(void *ctx, void *block, size_t size)
{
    void *moved = refuses() ? NULL : below.realloc(ctx, block, size);
    return block ? moved : counted(moved);
}

static void over_free(void *ctx, void *block)
{
    owed -= block != NULL;
    below.free(ctx, block);
}

/* An allocator of our own. */
static void *own_malloc(void *ctx, size_t size)
{
    return refuses() ? ctx : counted(malloc(size ? size : 1));
}

static void *own_calloc(void *ctx, size_t nelem, size_t elsize)
{
    return refuses() ? ctx : counted(calloc(nelem ? nelem : 1, elsize ? elsize : 1));
}

static void *own_realloc(void *ctx, void *block, size_t size)
{
    void *moved = refuses() ? ctx : realloc(block, size ? size : 1);
    return block ? moved : counted(moved);
}

static void own_free(void *ctx, void *block)
{
    (void)ctx;
    owed -= block != NULL;
    free(block);
}

/* Whether each block here is one below. */
static int exact;

/* Whether all goes well with the n-th request refused below. */
static int goes_well(int n)
{
    static const size_t sizes[] = {10, 100, 500, 600, 5000, 40000};
    int before = refusals, had = owed, nulls = 0;
    left = n;
    for (int i = 0; i < 6; i++) {
        size_t size = sizes[i];
        char *block = MALLOC(size), *zeroed = CALLOC(1, size);
        if (zeroed && !all_are(zeroed, size, 0))
            return 0;
        fill(zeroed, zeroed ? size : 0, 1);
        fill(block, block ? size : 0, 2);
        nulls += !block + !zeroed;
        for (size_t more = 2; block && more <= 4; more++) {
            char *moved = REALLOC(block, more * size);
            nulls += !moved;
            block = moved ? moved : block;
            /* If it is gone it cannot be freed. */
            if ((exact && owed != had + 1 + (zeroed != NULL)) || !intact(block, size, 2))
                return 0;
        }
        FREE(block);
        FREE(zeroed);
    }
    left = 0;
    return exact ? nulls == refusals - before : nulls <= refusals - before;
}

static int sweep(void)
{
    for (int n = 1, before = -1; refusals != before && n < 1000; n++) {
        int had = owed;
        before = refusals;
        if (!goes_well(n))
            return 1;
        /* Something may be kept for good, but not each time. */
        int once = owed;
        if (once > had && (!goes_well(n) || owed > once))
            return 1;
    }
    return !goes_well(0);
}

/* == customize.failure-sweep == */
static int defect(void)
{
    signal(SIGABRT, died);
    signal(SIGSEGV, died);
    PyMem_GetAllocator(DOMAIN, &below);
    PyMemAllocatorEx over = {below.ctx, over_malloc, over_calloc, over_realloc, over_free};
    PyMem_SetAllocator(DOMAIN, &over);
    exact = 1;
    int shows = sweep();
    PyMem_SetAllocator(DOMAIN, &below);
    return shows;
}

/* == customize.failure-sweep.raw == */
static int defect(void)
{
    signal(SIGABRT, died);
    signal(SIGSEGV, died);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &below);
    PyMemAllocatorEx over = {below.ctx, over_malloc, over_calloc, over_realloc, over_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &over);
    int shows = sweep();
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &below);
    return shows;
}

/* == debug-hooks.failure-sweep == */
static int defect(void)
{
    signal(SIGABRT, died);
    signal(SIGSEGV, died);
    PyMemAllocatorEx own = {NULL, own_malloc, own_calloc, own_realloc, own_free};
    PyMem_SetAllocator(DOMAIN, &own);
    PyMem_SetupDebugHooks();
    exact = 1;
    return sweep();
}

/* == arenas.failure-sweep == */
static PyObjectArenaAllocator arenas;
static int arenas_owed;

static void *over_alloc(void *ctx, size_t size)
{
    void *arena = refuses() ? NULL : arenas.alloc(ctx, size);
    arenas_owed += arena != NULL;
    return arena;
}

static void over_release(void *ctx, void *arena, size_t size)
{
    arenas_owed--;
    arenas.free(ctx, arena, size);
}

/* Whether 10000 small blocks are as they should be with the n-th arena refused. */
static int serves(int n)
{
    static char *blocks[10000];
    int before = refusals, nulls = 0;
    left = n;
    for (unsigned i = 0; i < 10000; i++) {
        blocks[i] = MALLOC(400);
        nulls += !blocks[i];
        fill(blocks[i], blocks[i] ? 400 : 0, i);
    }
    left = 0;
    for (unsigned i = 0; i < 10000; i++)
        if (blocks[i] && !intact(blocks[i], 400, i))
            return 0;
    for (unsigned i = 0; i < 10000; i++)
        FREE(blocks[i]);
    return nulls <= refusals - before;
}

static int defect(void)
{
    signal(SIGABRT, died);
    signal(SIGSEGV, died);
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &below);
    PyMemAllocatorEx over = {below.ctx, over_malloc, over_calloc, over_realloc, over_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &over);
    PyObject_GetArenaAllocator(&arenas);
    PyObjectArenaAllocator over_arenas = {arenas.ctx, over_alloc, over_release};
    PyObject_SetArenaAllocator(&over_arenas);
    for (int n = 0; n <= 3; n++) {
        int grown = 0;
        if (!serves(n))
            return 1;
        for (int run = 0; run < 3; run++) {
            int blocks = owed, count = arenas_owed;
            if (!serves(n))
                return 1;
            grown += owed > blocks || arenas_owed > count;
        }
        if (grown == 3)
            return 1;
    }
    return 0;
}
