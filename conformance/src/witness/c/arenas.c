static PyObjectArenaAllocator before;
static int asked;

static void *counting_alloc(void *ctx, size_t size)
{
    asked++;
    return before.alloc(ctx, size);
}

static int back;

static void counting_free(void *ctx, void *arena, size_t size)
{
    back++;
    before.free(ctx, arena, size);
}

static char memory[16][4 << 20];
static size_t sizes[16];
static int count, wrong;

static void *own_alloc(void *ctx, size_t size)
{
    (void)ctx;
    sizes[count] = size;
    return count < 15 ? memory[count++] : NULL;
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
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){before.ctx, counting_alloc, before.free});
    for (int i = 0; i < 40000; i++)
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
    static void *blocks[40000];
    PyObject_GetArenaAllocator(&first);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){&first, checking_alloc, checking_free});
    for (int i = 0; i < 40000; i++)
        blocks[i] = MALLOC(400);
    for (int i = 0; i < 40000; i++)
        FREE(blocks[i]);
    return strangers > 0;
}

/* == arenas.size arenas.size-before == */
static PyObjectArenaAllocator first;
static int others;

static void *measuring_alloc(void *ctx, size_t size)
{
    others += size != @arena-size@;
    return first.alloc(ctx, size);
}

static int defect(void)
{
    PyObject_GetArenaAllocator(&first);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){first.ctx, measuring_alloc, first.free});
    for (int i = 0; i < 40000; i++)
        MALLOC(400);
    return others > 0;
}

/* == arenas.released == */
static void checking_free(void *ctx, void *arena, size_t size)
{
    (void)ctx;
    wrong += size > sizeof memory;
    /* What lies elsewhere was taken before. */
    size_t at = (uintptr_t)arena - (uintptr_t)memory, i = at / sizeof *memory;
    if (at >= sizeof memory)
        return;
    wrong += arena != memory[i] || size != sizes[i];
    sizes[i] = 0;
}

static int defect(void)
{
    static void *blocks[20000];
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){NULL, own_alloc, checking_free});
    for (int i = 0; i < 20000; i++)
        blocks[i] = MALLOC(400);
    for (int i = 0; i < 20000; i++)
        FREE(blocks[i]);
    return wrong > 0;
}

/* == arenas.released-when-empty == */
static int defect(void)
{
    static void *blocks[40000];
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){before.ctx, before.alloc, counting_free});
    for (int i = 0; i < 40000; i++)
        blocks[i] = MALLOC(400);
    for (int i = 0; i < 40000; i++)
        FREE(blocks[i]);
    /* That were 16 MB: not all of their arenas may be kept. */
    return back < 2;
}

/* == arenas.released-by-current == */
static int defect(void)
{
    static void *blocks[10000];
    for (int i = 0; i < 10000; i++)
        blocks[i] = MALLOC(400);
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){before.ctx, before.alloc, counting_free});
    for (int i = 0; i < 10000; i++)
        FREE(blocks[i]);
    return back == 0;
}

/* == arenas.live-blocks == */
static void checking_free(void *ctx, void *arena, size_t size)
{
    (void)ctx, (void)size;
    wrong += (uintptr_t)arena - (uintptr_t)memory < sizeof memory;
}

static int defect(void)
{
    static void *blocks[20000];
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){NULL, own_alloc, checking_free});
    for (int i = 0; i < 20000; i++) {
        int known = count;
        void *block = memset(MALLOC(400), 'x', 400);
        /* The first block of each arena stays, so none may be given back. */
        blocks[i] = count > known ? NULL : block;
    }
    /* No block goes on behind the end of its arena. */
    for (int i = 0; i < count; i++)
        wrong += memory[i][sizes[i]] == 'x';
    for (int i = 0; i < 20000; i++)
        FREE(blocks[i]);
    return wrong > 0;
}

/* == arenas.refusal == */
static int refusing;

static void *refusing_alloc(void *ctx, size_t size)
{
    return refusing ? NULL : before.alloc(ctx, size);
}

static int defect(void)
{
    static char *blocks[20000];
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){before.ctx, refusing_alloc, before.free});
    for (int i = 0; i < 20000; i++) {
        refusing = i > 10000;
        blocks[i] = i % 2 ? CALLOC(2, 200) : MALLOC(400);
        if (blocks[i] && i % 2 == 0)
            memset(blocks[i], 'x', 400);
    }
    for (int i = 0; i < 20000; i++)
        if (blocks[i] && blocks[i][i % 400] != (i % 2 ? 0 : 'x'))
            return 1;
    refusing = 0;
    return MALLOC(400) == NULL;
}

/* == arenas.refusal.served == */
static void *refuse(void *ctx, size_t size)
{
    (void)ctx, (void)size;
    return NULL;
}

static int defect(void)
{
    PyObjectArenaAllocator arenas;
    PyObject_GetArenaAllocator(&arenas);
    arenas.alloc = refuse;
    PyObject_SetArenaAllocator(&arenas);
    for (int i = 0; i < 40000; i++)
        if (!MALLOC(400))
            return 1;
    return 0;
}

/* == arenas.restores == */
static int defect(void)
{
    PyObjectArenaAllocator got;
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){before.ctx, counting_alloc, before.free});
    MALLOC(400);
    PyObject_SetArenaAllocator(&before);
    PyObject_GetArenaAllocator(&got);
    asked = 0;
    for (int i = 0; i < 10000; i++)
        MALLOC(400);
    return asked > 0 || memcmp(&got, &before, sizeof got) != 0;
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
    PyObject_GetArenaAllocator(&before);
    PyObject_SetArenaAllocator(&(PyObjectArenaAllocator){before.ctx, counting_alloc, before.free});
    for (int i = 0; i < 3000; i++)
        MALLOC(size + i % 100);
    return asked > 0;
}
