/* Whether the C library, which counts what it hands out, serves blocks of this size. */
static int is_from_libc(size_t size)
{
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 1000; i++)
        MALLOC(size);
    return mallinfo2().uordblks >= before + 1000 * size;
}

/* Whether it is not the C library (1), pymalloc (2) or mimalloc (3) that serves; pymalloc leaves 600 bytes to the C library. */
static int is_other(int expected)
{
    return is_from_libc(400) != (expected == 1) || is_from_libc(600) != (expected <= 2);
}

/* Whether the C library, which counts what it hands out, serves blocks of mem of this size. */
static int mem_is_from_libc(size_t size)
{
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 1000; i++)
        PyMem_Malloc(size);
    return mallinfo2().uordblks >= before + 1000 * size;
}

/* Whether a start with this number in PyPreConfig gives mem other allocators. */
static int is_wrong(int number, int expected, int hooks)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = number;
    if (Py_PreInitialize(&config)._type != 0)
        return 1;
    Py_InitializeEx(0);
    unsigned char *block = PyMem_Malloc(40);
    int has_hooks = block[-8] == 'm' && block[-1] == @debug-forbidden@;
    /* Pymalloc leaves 600 bytes to the C library, mimalloc does not. */
    return has_hooks != hooks || mem_is_from_libc(400) != (expected == 1) || mem_is_from_libc(600) != (expected <= 2);
}

/* == defaults.server == */
static int defect(void)
{
    return is_other(@served-by@);
}

/* == defaults.hooks == */
static int defect(void)
{
    unsigned char *block = MALLOC(40);
    int has_hooks = block[-8] == LETTER && block[-1] == @debug-forbidden@;
    int is_debug_build = dlsym(library, "_Py_NegativeRefcount") != NULL;
    return has_hooks != is_debug_build;
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
    unsigned char *block = MALLOC(40);
    int has_hooks = block[-8] == LETTER && block[-1] == @debug-forbidden@;
    int is_debug_build = dlsym(library, "_Py_NegativeRefcount") != NULL;
    return has_hooks != is_debug_build || (expected && is_other(expected));
}

/* == environment.pythonmalloc.malloc environment.pythonmalloc.pymalloc environment.pythonmalloc.mimalloc == */
static int defect(void)
{
    int expected = @served-by@;
    unsigned char *block = MALLOC(40);
    return (block[-8] == LETTER && block[-1] == @debug-forbidden@) || (expected && is_other(expected));
}

/* == environment.pythonmalloc.debug environment.pythonmalloc.malloc-debug environment.pythonmalloc.pymalloc-debug environment.pythonmalloc.mimalloc-debug == */
static int defect(void)
{
    int expected = @served-by@;
    unsigned char *block = MALLOC(40);
    return block[-8] != LETTER || block[-1] != @debug-forbidden@ || (expected && is_other(expected));
}

/* == environment.preconfig.default == */
static int defect(void)
{
    int has_gil = @served-by@ == 1, has_pymalloc = @blocks-counted@;
    int is_debug_build = dlsym(library, "_Py_NegativeRefcount") != NULL;
    return is_wrong(1, !has_gil ? 3 : has_pymalloc ? 2 : 1, is_debug_build);
}

/* == environment.preconfig.debug == */
static int defect(void)
{
    int has_gil = @served-by@ == 1, has_pymalloc = @blocks-counted@;
    return is_wrong(2, !has_gil ? 3 : has_pymalloc ? 2 : 1, 1);
}

/* == environment.preconfig.malloc == */
static int defect(void)
{
    return is_wrong(3, 1, 0);
}

/* == environment.preconfig.malloc-debug == */
static int defect(void)
{
    return is_wrong(4, 1, 1);
}

/* == environment.preconfig.pymalloc == */
static int defect(void)
{
    return is_wrong(5, 2, 0);
}

/* == environment.preconfig.pymalloc-debug == */
static int defect(void)
{
    return is_wrong(6, 2, 1);
}

/* == environment.preconfig.mimalloc == */
static int is_mimalloc(int number, int hooks)
{
    int status;
    if (fork() == 0) {
        PyPreConfig config;
        PyPreConfig_InitPythonConfig(&config);
        config.allocator = number;
        if (Py_PreInitialize(&config)._type != 0)
            _exit(1);
        Py_InitializeEx(0);
        size_t before = mallinfo2().uordblks;
        unsigned char *block = PyMem_Malloc(60000);
        int has_hooks = block[-8] == 'm' && block[-1] == @debug-forbidden@;
        /* The C library counts what it hands out, and pymalloc asks it for so large a block. */
        _exit(has_hooks != hooks || mallinfo2().uordblks >= before + 60000);
    }
    wait(&status);
    return status == 0;
}

static int defect(void)
{
    return !(is_mimalloc(7, 0) && is_mimalloc(8, 1)) && !(is_mimalloc(6, 0) && is_mimalloc(7, 1));
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
