/* How a process ends that starts an interpreter with a value of PYTHONMALLOC: 0, or 256, which is exit(1). */
static int status_with(const char *pythonmalloc)
{
    int status = -1;
    if (fork() == 0) {
        close(2);
        start(pythonmalloc);
        _exit(0);
    }
    waitpid(-1, &status, 0);
    return status;
}

/* The names there are, and whether a version and build has them. */
static const char *const names[] = {"default",  "debug",          "malloc",   "malloc_debug",
                                    "pymalloc", "pymalloc_debug", "mimalloc", "mimalloc_debug"};

static int is_built(const char *name)
{
    int has_gil = @served-by@ == 1, has_pymalloc = has_gil && @blocks-counted@;
    if (strncmp(name, "malloc", 6) == 0)
        return has_gil;
    if (strncmp(name, "pymalloc", 8) == 0)
        return has_pymalloc;
    return name[0] == 'd' || strtoul(Py_GetVersion() + 2, NULL, 10) >= 13;
}

enum { REFUSED = 9 };

/* What is changed in the configuration, if anything. */
typedef void change_function(PyPreConfig *config);
static change_function *change;

static void keep_environment_out(PyPreConfig *config)
{
    config->use_environment = 0;
}

static void isolate(PyPreConfig *config)
{
    PyPreConfig_InitIsolatedConfig(config);
}

static void set_dev_mode(PyPreConfig *config)
{
    config->dev_mode = 1;
}

static void set_default(PyPreConfig *config)
{
    config->allocator = 1;
}

/* Settles the allocators, in 3.6 and 3.7 with the whole start. */
static int settle(void)
{
    PyMemAllocatorEx before, after;
    PyPreConfig config;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &before);
    if (Py_PreInitialize) {
        PyPreConfig_InitPythonConfig(&config);
        if (change)
            change(&config);
        if (Py_PreInitialize(&config)._type != 0)
            return REFUSED;
    } else {
        initialise();
    }
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &after);
    unsigned char *block = PyMem_RawMalloc(10);
    int hooks = block[-8] == 'r' && block[-1] == @debug-forbidden@;
    return 2 * hooks + (memcmp(&before, &after, sizeof before) != 0);
}

/* What they are then, in a process of its own: whether there are debug hooks, and whether they are others than before. */
static int settled(const char *pythonmalloc, change_function *how)
{
    int status = 0;
    change = how;
    if (pythonmalloc)
        setenv("PYTHONMALLOC", pythonmalloc, 1);
    else
        unsetenv("PYTHONMALLOC");
    if (fork() == 0)
        _exit(settle());
    waitpid(-1, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : REFUSED;
}

/* Whether the life of an interpreter prints statistics: lines that say what equals which number. */
static void live(void)
{
    initialise();
    Py_FinalizeEx();
}

static int prints_statistics(void)
{
    int lines = 0, number;
    in_fork(live);
    for (const char *at = fate.said; (at = strchr(at, '=')) != NULL; at++)
        lines += sscanf(at, "= %d", &number) == 1;
    return lines >= 3;
}

/* == environment.names.accepted == */
static int defect(void)
{
    for (int i = 0; i < 8; i++)
        if (is_built(names[i]) && status_with(names[i]) != 0)
            return 1;
    return 0;
}

/* == environment.names.not-built == */
static int defect(void)
{
    for (int i = 0; i < 8; i++)
        if (!is_built(names[i]) && status_with(names[i]) != 256)
            return 1;
    return 0;
}

/* == environment.names.unknown == */
static int defect(void)
{
    static const char *const values[] = {"foo", "DEBUG", "Malloc", " debug", "debug ", "malloc,debug", "0",
                                         "pymalloc_", "malloc-debug"};
    for (int i = 0; i < 9; i++)
        if (status_with(values[i]) != 256)
            return 1;
    return 0;
}

/* == environment.empty == */
static int defect(void)
{
    return settled("", NULL) != settled(NULL, NULL);
}

/* == environment.unread == */
static int defect(void)
{
    int plain = settled(NULL, NULL);
    return settled("debug", NULL) != plain || settled("foo", NULL) != plain;
}

/* == environment.read == */
static int defect(void)
{
    static const char *const values[] = {"debug", "malloc", "mimalloc"};
    int plain = settled(NULL, NULL);
    for (int i = 0; i < 3; i++) {
        int named = settled(values[i], NULL);
        if (named != plain && named != REFUSED)
            return 0;
    }
    return 1;
}

/* == environment.ignored == */
static int defect(void)
{
    int open = settled(NULL, keep_environment_out), isolated = settled(NULL, isolate);
    return settled("debug", keep_environment_out) != open || settled("debug", isolate) != isolated ||
           settled("foo", keep_environment_out) != open || settled("foo", isolate) != isolated;
}

/* == environment.dev-mode == */
static int defect(void)
{
    int debug = settled("debug", NULL);
    if (Py_PreInitialize && settled(NULL, set_dev_mode) != debug)
        return 1;
    setenv("PYTHONDEVMODE", "1", 1);
    return settled(NULL, NULL) != debug;
}

/* == environment.priority == */
static int defect(void)
{
    int plain = settled("default", NULL), debug = settled("debug", NULL);
    if (Py_PreInitialize && (settled("debug", set_default) != plain || settled("foo", set_default) != plain))
        return 1;
    setenv("PYTHONDEVMODE", "1", 1);
    return settled("default", NULL) != plain || settled("", NULL) != debug;
}

/* == environment.preconfig.field == */
static int defect(void)
{
    int fields[16];
    for (int isolated = 0; isolated < 2; isolated++) {
        memset(fields, 0x5e, sizeof fields);
        if (isolated)
            PyPreConfig_InitIsolatedConfig((PyPreConfig *)fields);
        else
            PyPreConfig_InitPythonConfig((PyPreConfig *)fields);
        if (fields[9] != 0 || fields[10] != 0x5e5e5e5e)
            return 1;
    }
    return 0;
}

/* == environment.statistics.printed == */
static int defect(void)
{
    setenv("PYTHONMALLOCSTATS", "0", 1);
    int printed = prints_statistics();
    setenv("PYTHONMALLOCSTATS", "1", 1);
    return !printed || !prints_statistics();
}

/* == environment.statistics.empty == */
static int defect(void)
{
    unsetenv("PYTHONMALLOCSTATS");
    if (prints_statistics() || fate.status != 0)
        return 1;
    setenv("PYTHONMALLOCSTATS", "", 1);
    return prints_statistics() || fate.status != 0;
}

/* == environment.statistics.malloc == */
static int defect(void)
{
    setenv("PYTHONMALLOCSTATS", "1", 1);
    setenv("PYTHONMALLOC", "malloc", 1);
    return prints_statistics() || fate.status != 0;
}

/* == environment.statistics.pymalloc == */
static int defect(void)
{
    int classes = 0;
    setenv("PYTHONMALLOCSTATS", "1", 1);
    in_fork(live);
    sscanf(fate.said, "Small block threshold = 512, in %d size classes.\n", &classes);
    return (classes != 32 && classes != 64) || !strstr(fate.said, " unused pools * @pool-size@ bytes");
}
