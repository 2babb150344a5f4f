typedef void *malloc_function(size_t size);
typedef void *calloc_function(size_t count, size_t size);
typedef void *realloc_function(void *block, size_t size);
typedef void free_function(void *block);

/* Whether all four functions of a domain serve. */
static int serve(malloc_function *get, calloc_function *get_zeroed, realloc_function *resize, free_function *release)
{
    for (size_t size = 0; size <= 5000; size = size * 2 + 1) {
        void *block = get(size);
        if (!block)
            return 0;
        memset(block, 'x', size);
        block = resize(block, size + 30);
        if (!block || !all_are(block, size, 'x'))
            return 0;
        release(block);
        block = get_zeroed(1, size);
        if (!block || !all_are(block, size, 0))
            return 0;
        release(block);
    }
    return 1;
}

static int all_serve(void)
{
    return serve(PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree) &&
           serve(PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free) &&
           serve(PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free);
}

/* A death by one of these shows the defect. */
static void notice_deaths(void)
{
    signal(SIGABRT, died);
    signal(SIGSEGV, died);
    signal(SIGBUS, died);
}

/* == lifecycle.cycles == */
static int defect(void)
{
    notice_deaths();
    for (int life = 0; life < 3; life++) {
        initialise();
        if (!all_serve())
            return 1;
        Py_FinalizeEx();
    }
    return 0;
}

/* == lifecycle.raw-outlives == */
static int defect(void)
{
    notice_deaths();
    void *early = memset(PyMem_RawMalloc(5000), 'x', 5000);
    initialise();
    void *late = memset(PyMem_RawMalloc(100), 'x', 100);
    Py_FinalizeEx();
    early = PyMem_RawRealloc(early, 100);
    late = PyMem_RawRealloc(late, 5000);
    if (!early || !late || !all_are(early, 100, 'x') || !all_are(late, 100, 'x'))
        return 1;
    PyMem_RawFree(early);
    PyMem_RawFree(late);
    return !serve(PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree);
}

/* == lifecycle.all-outlive == */
static int defect(void)
{
    notice_deaths();
    initialise();
    void *mem = memset(PyMem_Malloc(100), 'x', 100), *obj = memset(PyObject_Malloc(5000), 'x', 5000);
    Py_FinalizeEx();
    if (!all_are(mem, 100, 'x') || !all_are(obj, 5000, 'x'))
        return 1;
    PyMem_Free(mem);
    PyObject_Free(obj);
    return !all_serve();
}

/* == lifecycle.further-interpreter == */
static int defect(void)
{
    notice_deaths();
    initialise();
    void *kept = memset(PyMem_Malloc(100), 'x', 100);
    PyThreadState *first = PyThreadState_Swap(NULL);
    PyThreadState_Swap(first);
    PyThreadState *further = Py_NewInterpreter();
    if (!further || !all_serve())
        return 1;
    Py_EndInterpreter(further);
    PyThreadState_Swap(first);
    return !all_are(kept, 100, 'x') || !all_serve();
}

/* == lifecycle.own-allocator == */
static int is_made(int checked, int gil)
{
    PyInterpreterConfig config = {.allow_threads = 1, .check_multi_interp_extensions = checked, .gil = gil};
    PyThreadState *further = NULL, *first = PyThreadState_Swap(NULL);
    PyThreadState_Swap(first);
    if (Py_NewInterpreterFromConfig(&further, &config)._type != 0)
        return 0;
    int serves = all_serve();
    Py_EndInterpreter(further);
    PyThreadState_Swap(first);
    return serves;
}

static int defect(void)
{
    enum { SHARED_LOCK = 1, OWN_LOCK = 2 };
    notice_deaths();
    initialise();
    return !is_made(1, OWN_LOCK) || !is_made(1, SHARED_LOCK) || is_made(0, SHARED_LOCK);
}

/* == mimalloc.before-initialisation == */
static int defect(void)
{
    PyPreConfig config;
    notice_deaths();
    setenv("PYTHONMALLOC", "mimalloc", 1);
    PyPreConfig_InitPythonConfig(&config);
    if (Py_PreInitialize(&config)._type != 0 || !all_serve())
        return 1;
    initialise();
    Py_FinalizeEx();
    return !all_serve();
}
