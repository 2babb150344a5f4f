/* How a process ends that starts an interpreter with this PYTHONMALLOC: 0, or 256, which is exit(1). */
static int ending(const char *pythonmalloc)
{
    int status;
    setenv("PYTHONMALLOC", pythonmalloc, 1);
    if (fork() == 0) {
        close(2);
        Py_InitializeEx(0);
        _exit(0);
    }
    wait(&status);
    return status;
}

/* How a start with this PYTHONMALLOC ends: 512, with debug hooks 768, 256 if it is refused. Up to 3.7 it is the whole start. */
static int settled(const char *pythonmalloc)
{
    int status;
    setenv("PYTHONMALLOC", pythonmalloc, 1);
    if (fork() == 0) {
        if (Py_PreInitialize) {
            PyPreConfig config;
            PyPreConfig_InitPythonConfig(&config);
            if (Py_PreInitialize(&config)._type != 0)
                _exit(1);
        } else {
            Py_InitializeEx(0);
        }
        unsigned char *block = PyMem_RawMalloc(10);
        _exit(block[-8] == 'r' && block[-1] == @debug-forbidden@ ? 3 : 2);
    }
    wait(&status);
    return status;
}

/* What the life of an interpreter says. */
static const char *said_in_life(void)
{
    static char said[9999];
    dup2(fileno(tmpfile()), 2);
    if (fork() == 0) {
        Py_InitializeEx(0);
        Py_FinalizeEx();
        _exit(0);
    }
    wait(NULL);
    said[pread(2, said, sizeof said - 1, 0)] = 0;
    return said;
}

/* Whether it prints statistics. */
static int prints_statistics(void)
{
    return strstr(said_in_life(), " = ") != NULL;
}

/* How a process ends that starts so with this PYTHONMALLOC: with 3 << 8 if debug hooks lie over raw. */
static int settled_by(const char *pythonmalloc, PyPreConfig config)
{
    int status;
    setenv("PYTHONMALLOC", pythonmalloc, 1);
    if (fork() == 0) {
        if (Py_PreInitialize(&config)._type != 0)
            _exit(1);
        unsigned char *block = PyMem_RawMalloc(10);
        _exit(block[-8] == 'r' && block[-1] == @debug-forbidden@ ? 3 : 2);
    }
    wait(&status);
    return status;
}

/* == environment.names.accepted == */
static int defect(void)
{
    const char *names[] = {"default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug", "mimalloc", "mimalloc_debug"};
    int has_gil = @served-by@ == 1, has_pymalloc = has_gil && @blocks-counted@ == 1, is_3_13 = atoi(Py_GetVersion() + 2) >= 13;
    int built[] = {1, has_gil, has_pymalloc, is_3_13};
    for (int i = 0; i < 8; i++)
        if (built[i / 2] && ending(names[i]) != 0)
            return 1;
    return 0;
}

/* == environment.names.not-built == */
static int defect(void)
{
    const char *names[] = {"malloc", "malloc_debug", "pymalloc", "pymalloc_debug", "mimalloc", "mimalloc_debug"};
    int has_gil = @served-by@ == 1, has_pymalloc = has_gil && @blocks-counted@ == 1, is_3_13 = atoi(Py_GetVersion() + 2) >= 13;
    int built[] = {has_gil, has_pymalloc, is_3_13};
    for (int i = 0; i < 6; i++)
        if (!built[i / 2] && ending(names[i]) != 256)
            return 1;
    return 0;
}

/* == environment.names.unknown == */
static int defect(void)
{
    const char *values[] = {"foo", "DEBUG", "Malloc", " debug", "debug ", "malloc,debug", "0", "pymalloc_", "malloc-debug"};
    for (int i = 0; i < 9; i++)
        if (ending(values[i]) != 256)
            return 1;
    return 0;
}

/* == environment.empty == */
static int defect(void)
{
    return settled("") != settled("default");
}

/* == environment.unread == */
static int has_hooks(const char *pythonmalloc)
{
    int status;
    setenv("PYTHONMALLOC", pythonmalloc, 1);
    if (fork() == 0) {
        Py_InitializeEx(0);
        unsigned char *block = PyMem_RawMalloc(10);
        _exit(block[-8] == 'r' && block[-1] == @debug-forbidden@);
    }
    wait(&status);
    return status != 0;
}

static int defect(void)
{
    /* Also where the start fails, as with an unknown name. */
    int plain = has_hooks("");
    return has_hooks("debug") != plain || has_hooks("malloc") != plain || has_hooks("foo") != plain;
}

/* == environment.read == */
static int defect(void)
{
    /* In free-threaded builds there is no malloc. */
    return settled("debug") == settled("malloc");
}

/* == environment.ignored == */
static int status_with(const char *pythonmalloc, int isolated)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.use_environment = 0;
    if (isolated)
        PyPreConfig_InitIsolatedConfig(&config);
    return settled_by(pythonmalloc, config);
}

static int defect(void)
{
    for (int isolated = 0; isolated < 2; isolated++) {
        int debug = status_with("debug", isolated);
        if (debug != status_with("malloc", isolated) || debug != status_with("foo", isolated))
            return 1;
    }
    return 0;
}

/* == environment.dev-mode == */
static int has_hooks(int by_configuration)
{
    int status;
    if (fork() == 0) {
        if (Py_PreInitialize) {
            PyPreConfig config;
            PyPreConfig_InitPythonConfig(&config);
            if (by_configuration)
                config.dev_mode = 1;
            Py_PreInitialize(&config);
        }
        Py_InitializeEx(0);
        unsigned char *block = PyMem_RawMalloc(10);
        _exit(block[-8] == 'r' && block[-1] == @debug-forbidden@);
    }
    wait(&status);
    return status != 0;
}

static int defect(void)
{
    unsetenv("PYTHONMALLOC");
    if (Py_PreInitialize && !has_hooks(1))
        return 1;
    setenv("PYTHONDEVMODE", "1", 1);
    return !has_hooks(0);
}

/* == environment.priority == */
static int status_with(const char *pythonmalloc, int number)
{
    int status;
    setenv("PYTHONMALLOC", pythonmalloc, 1);
    if (fork() == 0) {
        if (Py_PreInitialize) {
            PyPreConfig config;
            PyPreConfig_InitPythonConfig(&config);
            config.allocator = number;
            if (Py_PreInitialize(&config)._type != 0)
                _exit(1);
        }
        Py_InitializeEx(0);
        unsigned char *block = PyMem_RawMalloc(10);
        _exit(block[-8] == 'r' && block[-1] == @debug-forbidden@ ? 3 : 2);
    }
    wait(&status);
    return status;
}

static int defect(void)
{
    if (Py_PreInitialize && status_with("debug", 1) != status_with("malloc", 1))
        return 1;
    setenv("PYTHONDEVMODE", "1", 1);
    return status_with("debug", 0) == status_with("malloc", 0);
}

/* == environment.preconfig.field == */
static int defect(void)
{
    for (int isolated = 0; isolated < 2; isolated++) {
        int fields[11] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6};
        if (isolated)
            PyPreConfig_InitIsolatedConfig((PyPreConfig *)fields);
        else
            PyPreConfig_InitPythonConfig((PyPreConfig *)fields);
        if (fields[9] != 0 || fields[10] != 6)
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
    int printed = prints_statistics();
    setenv("PYTHONMALLOCSTATS", "", 1);
    return printed || prints_statistics();
}

/* == environment.statistics.malloc == */
static int defect(void)
{
    setenv("PYTHONMALLOCSTATS", "1", 1);
    setenv("PYTHONMALLOC", "malloc", 1);
    return prints_statistics();
}

/* == environment.statistics.pymalloc == */
static int defect(void)
{
    int classes = 0;
    setenv("PYTHONMALLOCSTATS", "1", 1);
    const char *said = said_in_life();
    sscanf(said, "Small block threshold = 512, in %d size classes.\n", &classes);
    return (classes != 32 && classes != 64) || !strstr(said, " unused pools * @pool-size@ bytes");
}

/* == environment.preconfig.not-set == */
static int defect(void)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.allocator = 0;
    /* In free-threaded builds there is no malloc. */
    return settled_by("debug", config) == settled_by("malloc", config);
}
