typedef void *malloc_function(size_t size);

static PyObjectArenaAllocator arenas;
static int arenas_taken;

static void *take_arena(void *ctx, size_t size)
{
    arenas_taken++;
    return arenas.alloc(ctx, size);
}

/* Who serves small blocks: 2 pymalloc, which takes arenas, 1 the C library, which counts them, 3 somebody else. */
static int server(malloc_function *get)
{
    PyObject_GetArenaAllocator(&arenas);
    PyObjectArenaAllocator counting = {arenas.ctx, take_arena, arenas.free};
    PyObject_SetArenaAllocator(&counting);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 20000; i++)
        get(400);
    return arenas_taken > 0 ? 2 : mallinfo2().uordblks - before >= 20000 * 400 ? 1 : 3;
}

/* Whether a block has the letter and the guard bytes of debug hooks before it. */
static int has_hooks(malloc_function *get, char letter)
{
    unsigned char *block = get(40);
    return block[-8] == letter && all_are(block - 7, 7, @debug-forbidden@);
}

/* What only a debug build has. */
static int is_debug_build(void)
{
    return dlsym(library, "_Py_NegativeRefcount") != NULL;
}

/* Who serves mem in this build where nobody has chosen. */
static int default_server(void)
{
    int has_gil = @served-by@ == 1, has_pymalloc = @blocks-counted@;
    return !has_gil ? 3 : has_pymalloc ? 2 : 1;
}

/* Whether an interpreter starts with a number in PyPreConfig, and that one serves mem then. */
static int starts_with(int number, int expected, int hooks)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = number;
    if (Py_PreInitialize(&config)._type != 0)
        return 0;
    initialise();
    return server(PyMem_Malloc) == expected && has_hooks(PyMem_Malloc, 'm') == hooks;
}

/* == defaults.server == */
static int defect(void)
{
    return server(MALLOC) != @served-by@;
}

/* == defaults.hooks == */
static int defect(void)
{
    return has_hooks(MALLOC, LETTER) != is_debug_build();
}

/* == defaults.no-pymalloc == */
static int defect(void)
{
    PyMemAllocatorEx raw, other;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    for (int domain = 1; domain < 3; domain++) {
        PyMem_GetAllocator(domain, &other);
        if (raw.malloc != other.malloc || raw.calloc != other.calloc || raw.realloc != other.realloc ||
            raw.free != other.free)
            return 1;
    }
    return 0;
}

/* == defaults.ctx == */
static int defect(void)
{
    PyMemAllocatorEx allocator;
    for (int domain = 0; domain < 3; domain++) {
        PyMem_GetAllocator(domain, &allocator);
        if (allocator.ctx)
            return 1;
    }
    return 0;
}

/* == environment.pythonmalloc.default == */
static int defect(void)
{
    int expected = @served-by@;
    return has_hooks(MALLOC, LETTER) != is_debug_build() || (expected && server(MALLOC) != expected);
}

/* == environment.pythonmalloc.malloc environment.pythonmalloc.pymalloc environment.pythonmalloc.mimalloc == */
static int defect(void)
{
    int expected = @served-by@;
    return has_hooks(MALLOC, LETTER) || (expected && server(MALLOC) != expected);
}

/* == environment.pythonmalloc.debug environment.pythonmalloc.malloc-debug environment.pythonmalloc.pymalloc-debug environment.pythonmalloc.mimalloc-debug == */
static int defect(void)
{
    int expected = @served-by@;
    return !has_hooks(MALLOC, LETTER) || (expected && server(MALLOC) != expected);
}

/* == environment.preconfig.default == */
static int defect(void)
{
    return !starts_with(1, default_server(), is_debug_build());
}

/* == environment.preconfig.debug == */
static int defect(void)
{
    return !starts_with(2, default_server(), 1);
}

/* == environment.preconfig.malloc == */
static int defect(void)
{
    return !starts_with(3, 1, 0);
}

/* == environment.preconfig.malloc-debug == */
static int defect(void)
{
    return !starts_with(4, 1, 1);
}

/* == environment.preconfig.pymalloc == */
static int defect(void)
{
    return !starts_with(5, 2, 0);
}

/* == environment.preconfig.pymalloc-debug == */
static int defect(void)
{
    return !starts_with(6, 2, 1);
}

/* == environment.preconfig.mimalloc == */
static int starts_apart(int number, int hooks)
{
    int status;
    if (fork() == 0)
        _exit(!starts_with(number, 3, hooks));
    return waitpid(-1, &status, 0) > 0 && status == 0;
}

static int defect(void)
{
    int headers_are_right = starts_apart(7, 0) && starts_apart(8, 1);
    return !headers_are_right && !(starts_apart(6, 0) && starts_apart(7, 1));
}

/* == environment.preconfig.not-set == */
static int defect(void)
{
    int has_malloc = default_server() != 3;
    setenv("PYTHONMALLOC", has_malloc ? "malloc" : "debug", 1);
    return has_malloc ? !starts_with(0, 1, 0) : !starts_with(0, 3, 1);
}

/* == environment.preconfig.unknown == */
static int defect(void)
{
    static const int numbers[] = {9, 99, -1, 0x7fffffff};
    PyPreConfig config;
    for (int i = 0; i < 4; i++) {
        PyPreConfig_InitPythonConfig(&config);
        config.allocator = numbers[i];
        if (Py_PreInitialize(&config)._type == 0)
            return 1;
    }
    return 0;
}
