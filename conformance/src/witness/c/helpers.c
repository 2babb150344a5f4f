/*
 * What witnesses are made of besides their own lines. Each takes what it uses, and nothing else.
 */
#include <stddef.h>

/* The library under test. */
static void *library;

static void died(int number)
{
    dprintf(1, "the defect shows: signal %d\n", number);
    _exit(1);
}

/* Starts an interpreter, without `site`. */
static void initialise(void)
{
    int *no_site = dlsym(library, "Py_NoSiteFlag");
    if (no_site)
        *no_site = 1;
    Py_InitializeEx(0);
}

/* Starts a PyPy, and takes its lock. A library without an interpreter is ready as it is. */
static void start_pypy(const char *home)
{
    if (!rpython_startup_code)
        return;
    rpython_startup_code();
    if (pypy_setup_home(home, 1) != 0)
        errx(2, "the standard library is not found");
    if (pypy_execute_source("import cpyext") != 0)
        errx(2, "the C API cannot be imported");
    pypy_init_threads();
    PyGILState_Ensure();
}

/* Starts an interpreter with a value of PYTHONMALLOC, or without. */
static void start(const char *pythonmalloc)
{
    if (pythonmalloc)
        setenv("PYTHONMALLOC", pythonmalloc, 1);
    else
        unsetenv("PYTHONMALLOC");
    initialise();
}

/* Gives each byte of a block a value of its own. */
static void fill(void *block, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)block)[i] = (unsigned char)(seed + 1 + i * 7);
}

/* Whether the bytes are still those. */
static int intact(const void *block, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)block)[i] != (unsigned char)(seed + 1 + i * 7))
            return 0;
    return 1;
}

/* Whether all bytes have one value. */
static int all_are(const void *block, size_t size, unsigned value)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)block)[i] != value)
            return 0;
    return 1;
}

/* Whether two blocks share a byte. */
static int overlap(const void *a, size_t size_of_a, const void *b, size_t size_of_b)
{
    return (uintptr_t)a < (uintptr_t)b + size_of_b && (uintptr_t)b < (uintptr_t)a + size_of_a;
}

/* How a fork ends that does something, and what it writes to standard error. */
static struct {
    int status;
    char said[16384];
} fate;

static void in_fork(void (*act)(void))
{
    FILE *file = tmpfile();
    if (fork() == 0) {
        dup2(fileno(file), 2);
        alarm(10);
        act();
        _exit(0);
    }
    wait(&fate.status);
    rewind(file);
    fate.said[fread(fate.said, 1, sizeof fate.said - 1, file)] = 0;
}

/* Whether a fork dies of what it does. */
static int dies(void (*act)(void))
{
    int status;
    if (fork() == 0) {
        close(2);
        alarm(10);
        act();
        _exit(0);
    }
    wait(&status);
    return WIFSIGNALED(status);
}

/* The same for a part of a block that is too large to be filled. */
static void fill_at(void *block, size_t from, size_t size, unsigned seed)
{
    for (size_t i = from; i < from + size; i++)
        ((unsigned char *)block)[i] = (unsigned char)(seed + 1 + i * 7);
}

static int intact_at(const void *block, size_t from, size_t size, unsigned seed)
{
    for (size_t i = from; i < from + size; i++)
        if (((const unsigned char *)block)[i] != (unsigned char)(seed + 1 + i * 7))
            return 0;
    return 1;
}

/* What a block is after a resize that may be refused. */
static void *kept_or_moved(void *block, void *resized)
{
    return resized ? resized : block;
}

/* Has the system refuse all further memory, or grant it again. */
static void squeeze_memory(int refuses)
{
    char room[512 << 10];
    const int limited[] = {RLIMIT_AS, RLIMIT_DATA};
    memset(room, 0, sizeof room); /* The stack cannot grow later. */
    for (int i = 0; i < 2; i++) {
        struct rlimit limit;
        getrlimit(limited[i], &limit);
        limit.rlim_cur = refuses ? 0 : limit.rlim_max;
        setrlimit(limited[i], &limit);
    }
}

/* A hook that passes on what arrives, but for one request of the thread that laid it. */
static PyMemAllocatorEx passed_to;
static PyMemAllocatorDomain hooked_domain;
static pthread_t hooking_thread;
static long until_refusal;

static int refuses_this(void)
{
    return pthread_equal(pthread_self(), hooking_thread) && --until_refusal == 0;
}

static void *pass_malloc(void *ctx, size_t size)
{
    return refuses_this() ? NULL : passed_to.malloc(ctx, size);
}

static void *pass_calloc(void *ctx, size_t nelem, size_t elsize)
{
    return refuses_this() ? NULL : passed_to.calloc(ctx, nelem, elsize);
}

static void *pass_realloc(void *ctx, void *block, size_t size)
{
    return refuses_this() ? NULL : passed_to.realloc(ctx, block, size);
}

static void lay_hook(PyMemAllocatorDomain domain, long refused)
{
    PyMem_GetAllocator(domain, &passed_to);
    PyMemAllocatorEx hook = {passed_to.ctx, pass_malloc, pass_calloc, pass_realloc, passed_to.free};
    hooked_domain = domain;
    hooking_thread = pthread_self();
    until_refusal = refused;
    PyMem_SetAllocator(domain, &hook);
}

static void lift_hook(void)
{
    PyMem_SetAllocator(hooked_domain, &passed_to);
}

static void nothing_shows(void)
{
    dprintf(1, "the defect does not show\n");
    _exit(0);
}

/* Threads that do something when they are told to. */
static struct {
    pthread_t thread;
    sem_t told, done;
    void (*act)(void);
} crew[256];

static void *crew_member(void *number)
{
    int i = (int)(intptr_t)number;
#if EMBEDDED
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *own = PyEval_SaveThread();
#endif
    do {
        sem_post(&crew[i].done);
        sem_wait(&crew[i].told);
#if EMBEDDED
        PyEval_RestoreThread(own);
        if (crew[i].act)
            crew[i].act();
        own = PyEval_SaveThread();
#else
        if (crew[i].act)
            crew[i].act();
#endif
    } while (crew[i].act);
#if EMBEDDED
    PyEval_RestoreThread(own);
    PyGILState_Release(state);
#endif
    return NULL;
}

static void start_thread(int i)
{
    if (pthread_create(&crew[i].thread, NULL, crew_member, (void *)(intptr_t)i) != 0)
        nothing_shows();
    sem_wait(&crew[i].done);
}

/* Has a thread do something, or for NULL end, and waits for it. */
static void by_thread(int i, void (*act)(void))
{
#if EMBEDDED
    PyThreadState *saved = PyEval_SaveThread();
#endif
    if (!crew[i].thread)
        start_thread(i);
    crew[i].act = act;
    sem_post(&crew[i].told);
    if (act) {
        sem_wait(&crew[i].done);
    } else {
        pthread_join(crew[i].thread, NULL);
        crew[i].thread = 0;
    }
#if EMBEDDED
    PyEval_RestoreThread(saved);
#endif
}

/* Nothing to do. */
static void come(void)
{
}
