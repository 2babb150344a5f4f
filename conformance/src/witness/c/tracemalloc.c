/* Whether so many millions of bytes are traced: what the interpreter takes meanwhile is far less. */
static int traced(int millions)
{
    char code[100];
    sprintf(code, "assert _tracemalloc.get_traced_memory()[0] // 1000000 == %d", millions);
    return PyRun_SimpleString(code) == 0;
}

static void start_tracing(void)
{
    PyRun_SimpleString("import _tracemalloc; _tracemalloc.start()");
    /* The private names are those of 3.6. */
    PyTraceMalloc_Track = PyTraceMalloc_Track ? PyTraceMalloc_Track : _PyTraceMalloc_Track;
    PyTraceMalloc_Untrack = PyTraceMalloc_Untrack ? PyTraceMalloc_Untrack : _PyTraceMalloc_Untrack;
}

/* == tracemalloc.off == */
static int defect(void)
{
    for (int i = 0; i < 4; i++) {
        start_tracing();
        PyRun_SimpleString("_tracemalloc.stop()");
        if (PyTraceMalloc_Track(7, 0x1000, 100) != -2 || PyTraceMalloc_Untrack(7, 0x1000) != -2)
            return 1;
    }
    return 0;
}

/* == tracemalloc.track == */
static int defect(void)
{
    int shows = 0;
    start_tracing();
    /* Addresses that differ in their lower half, or in their upper half. */
    for (size_t i = 0; i < 200; i++)
        shows |= PyTraceMalloc_Track(7, i % 2 ? i : i << 32, 1000000) != 0;
    for (size_t i = 0; i < 100000; i++)
        shows |= PyTraceMalloc_Track(8, i, 10) != 0;
    return shows || !traced(201);
}

/* == tracemalloc.track.update == */
static int defect(void)
{
    int shows = 0;
    start_tracing();
    for (int size = 1; size < 10; size++)
        shows |= PyTraceMalloc_Track(7, 0x1000, 1000000 * size) != 0 || !traced(size);
    return shows || PyTraceMalloc_Track(7, 0x1000, 1000000) != 0 || !traced(1);
}

/* == tracemalloc.track.domains == */
static int defect(void)
{
    int shows = 0;
    start_tracing();
    for (int bit = 0; bit < 32; bit++)
        shows |= PyTraceMalloc_Track(1U << bit, 0x1000, 1000000) != 0 || !traced(bit + 1);
    for (int bit = 0; bit < 32; bit++)
        shows |= PyTraceMalloc_Untrack(1U << bit, 0x1000) != 0 || !traced(31 - bit);
    return shows;
}

/* == tracemalloc.track.any-key == */
static int defect(void)
{
    int shows = 0;
    start_tracing();
    /* Domain, address and size are each the least and the largest. */
    for (int i = 0; i < 8; i++) {
        unsigned domain = i & 1 ? ~0U : 0;
        size_t address = i & 2 ? SIZE_MAX : 0, size = i & 4 ? 1 : 0;
        shows |= PyTraceMalloc_Track(domain, address, size) != 0 || PyTraceMalloc_Untrack(domain, address) != 0;
    }
    return shows;
}

/* == tracemalloc.untrack == */
static int defect(void)
{
    int shows = 0;
    start_tracing();
    for (int i = 1; i <= 50; i++)
        PyTraceMalloc_Track(7, 16 * i, 1000000);
    for (int i = 1; i <= 50; i++)
        shows |= PyTraceMalloc_Untrack(7, 16 * i) != 0 || !traced(50 - i);
    return shows;
}

/* == tracemalloc.untrack.unknown == */
static int defect(void)
{
    start_tracing();
    PyTraceMalloc_Track(7, 0x1000, 1000000);
    return PyTraceMalloc_Untrack(8, 0x1000) != 0 || PyTraceMalloc_Untrack(7, 0x1008) != 0 || !traced(1);
}

/* == tracemalloc.without-lock == */
static int defect(void)
{
    start_tracing();
    PyEval_SaveThread();
    return PyTraceMalloc_Track(7, 0x1000, 100) != 0 || PyTraceMalloc_Untrack(7, 0x1000) != 0;
}

/* == tracemalloc.hooks == */
static int defect(void)
{
    PyMemAllocatorEx before, during, after;
    PyMem_GetAllocator(DOMAIN, &before);
    for (int i = 0; i < 3; i++) {
        PyRun_SimpleString("import _tracemalloc; _tracemalloc.start()");
        PyMem_GetAllocator(DOMAIN, &during);
        PyRun_SimpleString("_tracemalloc.stop()");
        PyMem_GetAllocator(DOMAIN, &after);
        if (during.malloc == before.malloc || !during.ctx || memcmp(&after, &before, sizeof before) != 0)
            return 1;
    }
    return 0;
}

/* == tracemalloc.blocks == */
/* Whether there are so many traces of blocks of so many bytes. */
static int traces(size_t size, int count)
{
    char code[100];
    sprintf(code, "assert [t[1] for t in _tracemalloc._get_traces()].count(%zu) == %d", size, count);
    return PyRun_SimpleString(code) == 0;
}

static int defect(void)
{
    int shows = 0;
    PyRun_SimpleString("import _tracemalloc; _tracemalloc.start()");
    /* Of sizes that nothing else here has. */
    for (size_t size = 349; size < 4000000; size = 2 * size + 5) {
        void *block = MALLOC(size);
        shows |= !traces(size, 1);
        block = REALLOC(block, size + 2);
        shows |= !traces(size, 0) || !traces(size + 2, 1);
        FREE(block);
        shows |= !traces(size + 2, 0);
        CALLOC(1, size);
        shows |= !traces(size, 1);
    }
    return shows;
}

/* == tracemalloc.accounting == */
static int defect(void)
{
    PyRun_SimpleString("import _tracemalloc; _tracemalloc.start()");
    void *traced_block = PyMem_Malloc(1000003), *other = malloc(1000003);
    return !traced_block || !other || !traced(1);
}
