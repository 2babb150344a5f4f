/* What serves arenas otherwise, how many were asked for, and whether they are refused. */
static PyObjectArenaAllocator before;
static int asked, refusing;

/* Below 64 KiB it is no arena that is asked for, but the stack of a thread. */
static void *own_alloc(void *ctx, size_t size)
{
    asked += size >= 64 << 10;
    return refusing ? NULL : before.alloc(ctx, size);
}

static void install(void)
{
    PyObject_GetArenaAllocator(&before);
    PyObjectArenaAllocator own = before;
    own.alloc = own_alloc;
    PyObject_SetArenaAllocator(&own);
}

/* Arenas that were handed out. None is taken back, so that no address comes twice. */
static char *arenas[256];
static size_t sizes[256];
static int count;

static void *noting_alloc(void *ctx, size_t size)
{
    char *arena = count < 256 ? before.alloc(ctx, size) : NULL;
    if (arena) {
        arenas[count] = arena;
        sizes[count++] = size;
    }
    return arena;
}

static char *blocks[40000];
static int live;

/* Blocks until so many arenas were asked for. */
static void take(int wanted)
{
    while (count < wanted && live < 40000)
        blocks[live++] = MALLOC(400);
}

/* == arenas.get == */
static int defect(void)
{
    void *words[4];
    memset(words, 0xee, sizeof words);
    void *untouched = words[3];
    PyObject_GetArenaAllocator((PyObjectArenaAllocator *)words);
    for (int i = 0; i < 3; i++)
        if (words[i] == untouched)
            return 1;
    return !words[1] || !words[2] || words[3] != untouched;
}

/* == arenas.default-ctx == */
static int defect(void)
{
    PyObjectArenaAllocator current;
    PyObject_GetArenaAllocator(&current);
    return current.ctx != NULL;
}

/* == arenas.round-trip == */
static int defect(void)
{
    /* Three addresses of no functions: nothing is called here. */
    char marks[3];
    void *set[3] = {marks, marks + 1, marks + 2}, *got[3];
    PyObject_SetArenaAllocator((PyObjectArenaAllocator *)set);
    PyObject_GetArenaAllocator((PyObjectArenaAllocator *)got);
    return memcmp(got, set, sizeof got) != 0;
}

/* == arenas.called == */
static int defect(void)
{
    install();
    for (int i = 0; i < 40000 && asked < 2; i++)
        MALLOC(400);
    return asked < 2;
}

/* == arenas.ctx == */
static PyObjectArenaAllocator first;
static int strangers;

static void *checking_alloc(void *ctx, size_t size)
{
    strangers += ctx != &first;
    return first.alloc(first.ctx, size);
}

static void checking_free(void *ctx, void *arena, size_t size)
{
    strangers += ctx != &first;
    first.free(first.ctx, arena, size);
}

static int defect(void)
{
    static void *held[40000];
    PyObjectArenaAllocator own = {&first, checking_alloc, checking_free};
    PyObject_GetArenaAllocator(&first);
    PyObject_SetArenaAllocator(&own);
    for (int i = 0; i < 40000; i++)
        held[i] = MALLOC(400);
    for (int i = 0; i < 40000; i++)
        FREE(held[i]);
    return strangers > 0;
}

/* == arenas.size arenas.size-before == */
static PyObjectArenaAllocator first;
static int others;

/* Below 64 KiB it is no arena that is asked for, but the stack of a thread. */
static void *measuring_alloc(void *ctx, size_t size)
{
    others += size >= 64 << 10 && size != @arena-size@;
    return first.alloc(ctx, size);
}

static int defect(void)
{
    PyObject_GetArenaAllocator(&first);
    PyObjectArenaAllocator own = first;
    own.alloc = measuring_alloc;
    PyObject_SetArenaAllocator(&own);
    for (int i = 0; i < 40000; i++)
        MALLOC(400);
    return others > 0;
}

/* == arenas.released == */
static int released[256], wrong;

static void checking_free(void *ctx, void *arena, size_t size)
{
    (void)ctx;
    for (int i = 0; i < count; i++)
        if (arena == arenas[i])
            wrong += size != sizes[i] || released[i]++;
        else
            wrong += overlap(arena, 1, arenas[i], sizes[i]) || overlap((void *)size, 1, arenas[i], sizes[i]);
}

static int defect(void)
{
    PyObject_GetArenaAllocator(&before);
    PyObjectArenaAllocator own = {before.ctx, noting_alloc, checking_free};
    PyObject_SetArenaAllocator(&own);
    take(3);
    for (int i = 0; i < live; i++)
        FREE(blocks[i]);
    return wrong > 0;
}

/* == arenas.released-when-empty == */
static int kept;

/* Below 64 KiB it is no arena, but the stack of a thread. */
static void *counting_alloc(void *ctx, size_t size)
{
    kept += size >= 64 << 10;
    return before.alloc(ctx, size);
}

static void counting_free(void *ctx, void *arena, size_t size)
{
    kept -= size >= 64 << 10;
    before.free(ctx, arena, size);
}

static int defect(void)
{
    PyObject_GetArenaAllocator(&before);
    PyObjectArenaAllocator own = {before.ctx, counting_alloc, counting_free};
    PyObject_SetArenaAllocator(&own);
    while (kept < 4 && live < 40000)
        blocks[live++] = MALLOC(400);
    for (int i = 0; i < live; i++)
        FREE(blocks[i]);
    return kept > 1;
}

/* == arenas.released-by-current == */
static int back;

static void counting_free(void *ctx, void *arena, size_t size)
{
    back++;
    before.free(ctx, arena, size);
}

static int defect(void)
{
    while (live < 10000)
        blocks[live++] = MALLOC(400);
    PyObject_GetArenaAllocator(&before);
    PyObjectArenaAllocator own = before;
    own.free = counting_free;
    PyObject_SetArenaAllocator(&own);
    for (int i = 0; i < live; i++)
        FREE(blocks[i]);
    return back == 0;
}

/* == arenas.live-blocks == */
static int wrong;

static void checking_free(void *ctx, void *arena, size_t size)
{
    (void)ctx;
    for (int i = 0; i < live; i++)
        wrong += blocks[i] && overlap(blocks[i], 400, arena, size);
}

static int defect(void)
{
    PyObject_GetArenaAllocator(&before);
    PyObjectArenaAllocator own = {before.ctx, noting_alloc, checking_free};
    PyObject_SetArenaAllocator(&own);
    take(3);
    /* A block touches an arena with both its ends or with none. */
    for (int i = 0; i < live; i++)
        for (int j = 0; j < count; j++)
            wrong += overlap(blocks[i], 1, arenas[j], sizes[j]) != overlap(blocks[i] + 399, 1, arenas[j], sizes[j]);
    /* Each arena has a live block for long. */
    for (int first = 0; first < 7; first++)
        for (int i = first; i < live && !wrong; i += 7) {
            char *block = blocks[i];
            blocks[i] = NULL;
            FREE(block);
        }
    return wrong > 0;
}

/* == arenas.refusal == */
static int defect(void)
{
    install();
    for (int more = 0; more < 3000 && live < 40000; live++) {
        refusing = asked > 0;
        more += asked > 1;
        char *block = live % 2 ? CALLOC(2, 200) : MALLOC(400);
        if (block && live % 2 && !all_are(block, 400, 0))
            return 1;
        blocks[live] = block ? memset(block, live % 256, 400) : NULL;
    }
    refusing = 0;
    for (int i = 0; i < live; i++)
        if (blocks[i] && !all_are(blocks[i], 400, i % 256))
            return 1;
    while (live > 0)
        FREE(blocks[--live]);
    return MALLOC(400) == NULL;
}

/* == arenas.refusal.served == */
static PyMemAllocatorEx below;
static int from_raw;

/* Debug hooks add some bytes. */
static void *counting_malloc(void *ctx, size_t size)
{
    from_raw += size >= 400 && size < 528;
    return below.malloc(ctx, size);
}

static int defect(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &below);
    PyMemAllocatorEx hook = below;
    hook.malloc = counting_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &hook);
    install();
    refusing = 1;
    for (int i = 0; i < 40000; i++)
        if (!MALLOC(400))
            return 1;
    return asked == 0 || from_raw < 500;
}

/* == arenas.restores == */
static int defect(void)
{
    PyObjectArenaAllocator got;
    install();
    for (int i = 0; i < 40000 && asked == 0; i++)
        MALLOC(400);
    PyObject_SetArenaAllocator(&before);
    PyObject_GetArenaAllocator(&got);
    if (memcmp(&got, &before, sizeof got) != 0)
        return 1;
    asked = 0;
    for (int i = 0; i < 10000; i++)
        MALLOC(400);
    return asked > 0;
}

/* == arenas.default-from-system == */
static int defect(void)
{
    PyObjectArenaAllocator current;
    PyObject_GetArenaAllocator(&current);
    for (size_t size = 0x10000; size <= 0x100000; size *= 4)
        for (int i = 0; i < 2; i++) {
            void *arena = current.alloc(current.ctx, size);
            if ((uintptr_t)arena % 4096 != 0 || !all_are(arena, size, 0))
                return 1;
            memset(arena, 0xa5, size);
            current.free(current.ctx, arena, size);
        }
    return 0;
}

/* == arenas.unused == */
static int defect(void)
{
    /* The debug hooks add 24 bytes at least. */
    const size_t limit = @arena-limit@, size = limit == 0 ? 400 : limit == 512 ? 513 : 489;
    install();
    for (int i = 0; i < 3000; i++) {
        MALLOC(size);
        MALLOC(600);
    }
    return asked > 0;
}
