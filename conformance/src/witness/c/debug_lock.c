/* == debug-hooks.lock.malloc == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        MALLOC(10);
        _exit(0);
    }
    wait(&status);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT;
}

/* == debug-hooks.lock.calloc == */
static int defect(void)
{
    int status;
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        CALLOC(1, 10);
        _exit(0);
    }
    wait(&status);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT;
}

/* == debug-hooks.lock.realloc == */
static int defect(void)
{
    int status;
    void *block = MALLOC(10);
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        REALLOC(block, 20);
        _exit(0);
    }
    wait(&status);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT;
}

/* == debug-hooks.lock.free == */
static int defect(void)
{
    void *blocks[] = {MALLOC(10), NULL};
    for (int i = 0; i < 2; i++) {
        int status;
        if (fork() == 0) {
            close(2);
            PyEval_SaveThread();
            FREE(blocks[i]);
            _exit(0);
        }
        wait(&status);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
            return 1;
    }
    return 0;
}

/* == debug-hooks.lock.after-further-interpreter == */
static int defect(void)
{
    int status;
    PyThreadState *first = PyThreadState_Swap(NULL);
    PyThreadState_Swap(first);
    Py_EndInterpreter(Py_NewInterpreter());
    PyThreadState_Swap(first);
    if (fork() == 0) {
        close(2);
        PyEval_SaveThread();
        MALLOC(10);
        _exit(0);
    }
    wait(&status);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT;
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
