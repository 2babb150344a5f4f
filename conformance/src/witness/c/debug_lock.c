/* Whether a call without the interpreter's lock does not abort. */
static int goes_on(void (*call)(void))
{
    int status;
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        call();
        _exit(0);
    }
    wait(&status);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT;
}

/* == debug-hooks.lock.malloc == */
static void call(void)
{
    MALLOC(10);
}

static int defect(void)
{
    return goes_on(call);
}

/* == debug-hooks.lock.calloc == */
static void call(void)
{
    CALLOC(1, 10);
}

static int defect(void)
{
    return goes_on(call);
}

/* == debug-hooks.lock.realloc == */
static void *block;

static void call(void)
{
    REALLOC(block, 20);
}

static int defect(void)
{
    block = MALLOC(10);
    return goes_on(call);
}

/* == debug-hooks.lock.free == */
static void *block;

static void call(void)
{
    FREE(block);
}

static int defect(void)
{
    /* NULL, and a block. */
    if (goes_on(call))
        return 1;
    block = MALLOC(10);
    return goes_on(call);
}

/* == debug-hooks.lock.after-further-interpreter == */
static void call(void)
{
    MALLOC(10);
}

static int defect(void)
{
    PyThreadState *first = PyThreadState_Swap(NULL);
    PyThreadState_Swap(first);
    Py_EndInterpreter(Py_NewInterpreter());
    PyThreadState_Swap(first);
    return goes_on(call);
}

/* == debug-hooks.lock.raw debug-hooks.lock.not-looked-at == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        FREE(REALLOC(MALLOC(10), 1000));
        FREE(CALLOC(3, 5));
        FREE(NULL);
        _exit(0);
    }
    wait(&status);
    return status != 0;
}

/* == debug-hooks.lock.limits-first == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        _exit(MALLOC(PY_SSIZE_T_MAX + (size_t)1) != NULL);
    }
    wait(&status);
    return status != 0;
}
