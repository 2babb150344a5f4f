/* Whether there is memory in every domain. */
static int serves(void)
{
    for (size_t size = 1; size <= 5000; size *= 2) {
        void *raw = PyMem_RawMalloc(size), *mem = PyMem_Malloc(size), *obj = PyObject_Malloc(size);
        if (!raw || !mem || !obj)
            return 0;
        PyMem_RawFree(memset(raw, 'x', size));
        PyMem_Free(memset(mem, 'x', size));
        PyObject_Free(memset(obj, 'x', size));
    }
    return 1;
}

/* == lifecycle.cycles == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        for (int life = 0; life < 3; life++) {
            Py_InitializeEx(0);
            if (!serves())
                _exit(1);
            Py_FinalizeEx();
        }
        _exit(0);
    }
    wait(&status);
    return status != 0;
}

/* == lifecycle.raw-outlives == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        char *early = memset(PyMem_RawMalloc(5000), 'x', 5000);
        Py_InitializeEx(0);
        char *late = memset(PyMem_RawMalloc(100), 'x', 100);
        Py_FinalizeEx();
        early = PyMem_RawRealloc(early, 100);
        late = PyMem_RawRealloc(late, 5000);
        for (int i = 0; i < 100; i++)
            if (early[i] != 'x' || late[i] != 'x')
                _exit(1);
        PyMem_RawFree(early);
        PyMem_RawFree(late);
        _exit(!PyMem_RawMalloc(5000));
    }
    wait(&status);
    return status != 0;
}

/* == lifecycle.all-outlive == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        Py_InitializeEx(0);
        char *mem = memset(PyMem_Malloc(100), 'x', 100), *obj = memset(PyObject_Malloc(5000), 'x', 5000);
        Py_FinalizeEx();
        for (int i = 0; i < 100; i++)
            if (mem[i] != 'x' || obj[i] != 'x')
                _exit(1);
        PyMem_Free(mem);
        PyObject_Free(obj);
        _exit(!PyMem_Malloc(100) || !PyObject_Malloc(5000));
    }
    wait(&status);
    return status != 0;
}

/* == lifecycle.further-interpreter == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        Py_InitializeEx(0);
        PyThreadState *first = PyThreadState_Swap(NULL);
        PyThreadState_Swap(first);
        PyThreadState *further = Py_NewInterpreter();
        if (!further || !serves())
            _exit(1);
        Py_EndInterpreter(further);
        PyThreadState_Swap(first);
        _exit(!serves());
    }
    wait(&status);
    return status != 0;
}

/* == lifecycle.own-allocator == */
static int is_made(int checked, int gil)
{
    int status;
    if (fork() == 0) {
        PyInterpreterConfig config = {.allow_threads = 1, .check_multi_interp_extensions = checked, .gil = gil};
        PyThreadState *further = NULL;
        Py_InitializeEx(0);
        if (Py_NewInterpreterFromConfig(&further, &config)._type != 0)
            _exit(1);
        void *mem = PyMem_Malloc(100), *obj = PyObject_Malloc(100);
        Py_EndInterpreter(further);
        _exit(!mem || !obj);
    }
    wait(&status);
    return status == 0;
}

static int defect(void)
{
    enum { SHARED_LOCK = 1, OWN_LOCK = 2 };
    return !is_made(1, OWN_LOCK) || !is_made(1, SHARED_LOCK) || is_made(0, SHARED_LOCK);
}

/* == mimalloc.before-initialisation == */
static int defect(void)
{
    int status;
    setenv("PYTHONMALLOC", "mimalloc", 1);
    if (fork() == 0) {
        PyPreConfig config;
        PyPreConfig_InitPythonConfig(&config);
        if (Py_PreInitialize(&config)._type != 0 || !PyMem_Malloc(100) || !PyObject_Malloc(5000))
            _exit(1);
        Py_InitializeEx(0);
        Py_FinalizeEx();
        _exit(!PyMem_Malloc(100) || !PyObject_Malloc(5000));
    }
    wait(&status);
    return status != 0;
}
