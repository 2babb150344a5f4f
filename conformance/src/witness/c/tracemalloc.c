/* What the module _tracemalloc answers. */
static PyObject *tell(const char *function)
{
    PyObject *module = PyImport_ImportModule("_tracemalloc");
    return PyObject_CallObject(PyObject_GetAttrString(module, function), NULL);
}

/* Bytes in traced blocks, to the next million: what the interpreter takes meanwhile is far less. */
static Py_ssize_t millions(void)
{
    return (PyLong_AsSsize_t(PySequence_GetItem(tell("get_traced_memory"), 0)) + 100000) / 1000000;
}

/* The two functions, which had private names in 3.6. */
static int track(unsigned domain, size_t address, size_t size)
{
    int (*now)(unsigned, size_t, size_t) = dlsym(library, "PyTraceMalloc_Track");
    int (*before)(unsigned, size_t, size_t) = dlsym(library, "_PyTraceMalloc_Track");
    return (now ? now : before)(domain, address, size);
}

static int untrack(unsigned domain, size_t address)
{
    int (*now)(unsigned, size_t) = dlsym(library, "PyTraceMalloc_Untrack");
    int (*before)(unsigned, size_t) = dlsym(library, "_PyTraceMalloc_Untrack");
    return (now ? now : before)(domain, address);
}

/* How many traces there are of blocks of so many bytes in tracemalloc's domain 0. */
static int traces_of(Py_ssize_t size)
{
    PyObject *traces = tell("_get_traces");
    int found = 0;
    for (Py_ssize_t i = PySequence_Size(traces); i-- > 0;) {
        PyObject *trace = PySequence_GetItem(traces, i);
        Py_ssize_t domain = PyLong_AsSsize_t(PySequence_GetItem(trace, 0));
        found += domain == 0 && PyLong_AsSsize_t(PySequence_GetItem(trace, 1)) == size;
        Py_DecRef(trace);
    }
    Py_DecRef(traces);
    return found;
}

/* == tracemalloc.off == */
static int defect(void)
{
    int shows = 0;
    for (int i = 0; i < 4; i++) {
        shows |= track(7, 0x1000, 100) != -2 || untrack(7, 0x1000) != -2;
        tell("start");
        tell("stop");
    }
    return shows;
}

/* == tracemalloc.track == */
static int defect(void)
{
    int shows = 0;
    tell("start");
    Py_ssize_t before = millions();
    for (size_t i = 1; i <= 100; i++) {
        /* Addresses that differ in their lower half, and in their upper half. */
        shows |= track(7, 16 * i, 1000000) != 0 || track(7, i << 32, 1000000) != 0;
        shows |= millions() != before + 2 * (Py_ssize_t)i;
    }
    for (size_t i = 0; i < 100000; i++)
        shows |= track(8, i, 10) != 0;
    return shows || millions() != before + 201;
}

/* == tracemalloc.track.update == */
static int defect(void)
{
    int shows = 0;
    tell("start");
    Py_ssize_t before = millions();
    for (int i = 0; i < 10; i++) {
        Py_ssize_t size = 3 * i % 10;
        shows |= track(7, 0x1000, 1000000 * (size_t)size) != 0 || millions() != before + size;
    }
    return shows;
}

/* == tracemalloc.track.domains == */
static int defect(void)
{
    int shows = 0;
    tell("start");
    Py_ssize_t before = millions();
    for (int bit = 0; bit < 32; bit++)
        shows |= track(1U << bit, 0x1000, 1000000) != 0 || millions() != before + bit + 1;
    for (int bit = 0; bit < 32; bit++)
        shows |= untrack(1U << bit, 0x1000) != 0 || millions() != before + 31 - bit;
    return shows;
}

/* == tracemalloc.track.any-key == */
static int defect(void)
{
    tell("start");
    int shows = track(7, 0, 100) != 0 || untrack(7, 0) != 0;
    shows |= track(7, SIZE_MAX, 100) != 0 || untrack(7, SIZE_MAX) != 0;
    shows |= track(7, 0x1000, 0) != 0 || untrack(7, 0x1000) != 0;
    shows |= track(0, 1, 1) != 0 || untrack(0, 1) != 0;
    return shows || track(~0U, 1, 1) != 0 || untrack(~0U, 1) != 0;
}

/* == tracemalloc.untrack == */
static int defect(void)
{
    int shows = 0;
    tell("start");
    Py_ssize_t before = millions();
    for (size_t i = 1; i <= 50; i++)
        track(7, 16 * i, 1000000);
    for (size_t i = 1; i <= 50; i++)
        shows |= untrack(7, 16 * i) != 0 || millions() != before + 50 - (Py_ssize_t)i;
    return shows;
}

/* == tracemalloc.untrack.unknown == */
static int defect(void)
{
    tell("start");
    track(7, 0x1000, 1000000);
    Py_ssize_t before = millions();
    return untrack(8, 0x1000) != 0 || untrack(7, 0x1008) != 0 || millions() != before;
}

/* == tracemalloc.without-lock == */
static int defect(void)
{
    tell("start");
    PyEval_SaveThread();
    return track(7, 0x1000, 100) != 0 || untrack(7, 0x1000) != 0;
}

/* == tracemalloc.hooks == */
static int defect(void)
{
    int shows = 0;
    PyMemAllocatorEx before, during, after;
    PyMem_GetAllocator(DOMAIN, &before);
    for (int i = 0; i < 3; i++) {
        tell("start");
        PyMem_GetAllocator(DOMAIN, &during);
        tell("stop");
        PyMem_GetAllocator(DOMAIN, &after);
        shows |= !memcmp(&during, &before, sizeof before) || !during.ctx;
        shows |= memcmp(&after, &before, sizeof before) != 0;
    }
    return shows;
}

/* == tracemalloc.blocks == */
static int defect(void)
{
    int shows = 0;
    tell("start");
    /* Of sizes that nothing else here has. */
    for (size_t size = 349; size < 4000000; size = 2 * size + 5) {
        void *block = MALLOC(size);
        shows |= traces_of((Py_ssize_t)size) != 1;
        block = REALLOC(block, size + 2);
        shows |= traces_of((Py_ssize_t)size) != 0 || traces_of((Py_ssize_t)size + 2) != 1;
        FREE(block);
        shows |= traces_of((Py_ssize_t)size + 2) != 0;
        FREE(CALLOC(1, size));
        block = CALLOC(1, size);
        shows |= traces_of((Py_ssize_t)size) != 1;
        FREE(block);
    }
    return shows;
}

/* == tracemalloc.accounting == */
static int defect(void)
{
    tell("start");
    Py_ssize_t before = millions();
    void *traced = PyMem_Malloc(1000003), *other = malloc(1000003);
    return !traced || !other || millions() != before + 1;
}
