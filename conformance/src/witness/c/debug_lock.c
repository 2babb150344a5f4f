/* A block from before this thread gave up the lock. */
static void *block;

static void give_up_lock(void)
{
    block = MALLOC(10);
    PyEval_SaveThread();
}

/* Whether what is done without the lock is refused as such. */
static int needs_lock(void (*act)(void))
{
    in_fork(act);
    int complains = strstr(fate.said, "without holding the GIL") || strstr(fate.said, "without an active thread state");
    return complains && WIFSIGNALED(fate.status);
}

static void malloc_without_lock(void)
{
    give_up_lock();
    block = MALLOC(10);
}

static void use_without_lock(void)
{
    give_up_lock();
    block = REALLOC(block, 1000);
    FREE(block);
    block = MALLOC(10);
    FREE(block);
    block = CALLOC(3, 5);
    FREE(block);
}

/* == debug-hooks.lock.malloc == */
static int defect(void)
{
    return !needs_lock(malloc_without_lock);
}

/* == debug-hooks.lock.calloc == */
static void calloc_without_lock(void)
{
    give_up_lock();
    block = CALLOC(1, 10);
}

static int defect(void)
{
    return !needs_lock(calloc_without_lock);
}

/* == debug-hooks.lock.realloc == */
static void realloc_without_lock(void)
{
    give_up_lock();
    block = REALLOC(block, 20);
}

static int defect(void)
{
    return !needs_lock(realloc_without_lock);
}

/* == debug-hooks.lock.free == */
static void free_without_lock(void)
{
    give_up_lock();
    FREE(block);
}

static void free_null_without_lock(void)
{
    give_up_lock();
    FREE(NULL);
}

static int defect(void)
{
    return !needs_lock(free_without_lock) || !needs_lock(free_null_without_lock);
}

/* == debug-hooks.lock.after-further-interpreter == */
static void malloc_after_interpreter(void)
{
    PyThreadState *first = PyThreadState_Swap(NULL);
    PyThreadState_Swap(first);
    PyThreadState *further = Py_NewInterpreter();
    if (further)
        Py_EndInterpreter(further);
    PyThreadState_Swap(first);
    malloc_without_lock();
}

static int defect(void)
{
    return !needs_lock(malloc_without_lock) || !needs_lock(malloc_after_interpreter);
}

/* == debug-hooks.lock.raw debug-hooks.lock.not-looked-at == */
static int defect(void)
{
    in_fork(use_without_lock);
    return fate.status != 0;
}

/* == debug-hooks.lock.limits-first == */
static void ask_for_too_much(void)
{
    PyEval_SaveThread();
    block = MALLOC(PY_SSIZE_T_MAX + (size_t)1);
    if (block)
        raise(SIGABRT);
}

static int defect(void)
{
    return dies(ask_for_too_much);
}
