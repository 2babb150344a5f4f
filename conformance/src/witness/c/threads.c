/* Does something in a thread of its own, which holds the interpreter if there is one. */
typedef void work(void);
static work *task;

static void *holding(void *unused)
{
    int runs = Py_IsInitialized && Py_IsInitialized();
    PyGILState_STATE state = runs ? PyGILState_Ensure() : PyGILState_LOCKED;
    task();
    if (runs)
        PyGILState_Release(state);
    return unused;
}

static void in_thread(work *job)
{
    int runs = Py_IsInitialized && Py_IsInitialized();
    PyThreadState *own = runs ? PyEval_SaveThread() : NULL;
    pthread_t thread;
    task = job;
    pthread_create(&thread, NULL, holding, NULL);
    pthread_join(thread, NULL);
    if (runs)
        PyEval_RestoreThread(own);
}

static size_t resident(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*s %lu", &pages) != 1)
        exit(2);
    fclose(file);
    return pages * 4096;
}

/* == threads.concurrent == */
enum { THREADS = 100, ROUNDS = 3000, HELD = 16 };
static pthread_barrier_t all_came;
static atomic_int shows;

static void *churn(void *number)
{
    unsigned seed = (unsigned)(uintptr_t)number, dice = seed;
    char *blocks[HELD] = {NULL};
    size_t sizes[HELD] = {0};
    FREE(MALLOC(1));
    pthread_barrier_wait(&all_came);
    for (int round = 0; round < ROUNDS && !shows; round++) {
        dice = dice * 1103515245 + 12345;
        unsigned at = dice >> 16 & 15;
        size_t size = dice >> 20 & 63;
        if (blocks[at] && !intact(blocks[at], sizes[at], seed))
            shows = 1;
        if (blocks[at] && round % 2) {
            blocks[at] = REALLOC(blocks[at], sizes[at] + 50);
            if (blocks[at] && !intact(blocks[at], sizes[at], seed))
                shows = 1;
        }
        FREE(blocks[at]);
        blocks[at] = round % 3 ? MALLOC(size) : CALLOC(1, size);
        sizes[at] = blocks[at] ? size : 0;
        fill(blocks[at], sizes[at], seed);
    }
    return NULL;
}

static int defect(void)
{
    pthread_t threads[THREADS];
    signal(SIGSEGV, died);
    signal(SIGABRT, died);
    pthread_barrier_init(&all_came, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, churn, (void *)(uintptr_t)i) != 0)
            exit(2);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return shows;
}

/* == threads.foreign-free == */
enum { COUNT = 1000 };
static char *blocks[COUNT];

static size_t size_of(unsigned i)
{
    return i < 4 ? 300000 : 40 + i * 37 % 900;
}

static void free_all(void)
{
    for (unsigned i = 0; i < COUNT; i++)
        FREE(blocks[i]);
}

static int defect(void)
{
    size_t before = 0;
    for (int round = 0; round < 60; round++) {
        for (unsigned i = 0; i < COUNT; i++) {
            blocks[i] = MALLOC(size_of(i));
            fill(blocks[i], size_of(i), i);
        }
        for (unsigned i = 0; i < COUNT; i++)
            if (!intact(blocks[i], size_of(i), i))
                return 1;
        if (round == 10)
            before = resident();
        in_thread(free_all);
    }
    return resident() > before + (12 << 20);
}

/* == threads.exit == */
enum { COUNT = 100 };
static char *blocks[2 * COUNT];

static void make_half(void)
{
    for (unsigned i = 0; i < COUNT; i++) {
        blocks[i] = MALLOC(7 * i);
        fill(blocks[i], 7 * i, i);
    }
}

static int defect(void)
{
    signal(SIGSEGV, died);
    signal(SIGABRT, died);
    for (int round = 0; round < 200; round++) {
        in_thread(make_half);
        for (unsigned i = COUNT; i < 2 * COUNT; i++) {
            blocks[i] = MALLOC(7 * (i - COUNT));
            fill(blocks[i], 7 * (i - COUNT), i);
        }
        for (unsigned i = 0; i < 2 * COUNT; i++)
            if (!blocks[i] || !intact(blocks[i], 7 * (i % COUNT), i))
                return 1;
        for (unsigned i = 0; i < 2 * COUNT; i++)
            FREE(blocks[i]);
    }
    return 0;
}

/* == threads.hand-over == */
enum { COUNT = 700 };
static char *blocks[COUNT];

static void resize_all(void)
{
    for (unsigned i = 1; i < COUNT; i++)
        blocks[i] = REALLOC(blocks[i], i % 2 ? 3 * i : i / 2);
}

static void free_all(void)
{
    for (unsigned i = 1; i < COUNT; i++)
        FREE(blocks[i]);
}

static int defect(void)
{
    for (int round = 0; round < 20; round++) {
        for (unsigned i = 1; i < COUNT; i++) {
            blocks[i] = MALLOC(i);
            fill(blocks[i], i, i);
        }
        in_thread(resize_all);
        for (unsigned i = 1; i < COUNT; i++)
            if (!blocks[i] || !intact(blocks[i], i % 2 ? i : i / 2, i))
                return 1;
        in_thread(free_all);
    }
    return 0;
}

/* == threads.fork == */
enum { COUNT = 700 };
static char *blocks[COUNT];
static atomic_int over;

static void *churn(void *unused)
{
    for (size_t i = 0; !over; i++)
        FREE(MALLOC(i % 700));
    return unused;
}

/* Whether the blocks are intact, and can be freed and made anew. */
static int goes_on(void)
{
    for (unsigned i = 0; i < COUNT; i++)
        fill(MALLOC(i), i, 5);
    for (unsigned i = 0; i < COUNT; i++)
        if (!intact(blocks[i], i, i))
            return 0;
    for (unsigned i = 0; i < COUNT; i++)
        FREE(blocks[i]);
    return 1;
}

static int defect(void)
{
    pthread_t busy;
    int status = 0;
    signal(SIGCHLD, SIG_DFL);
    signal(SIGALRM, died);
    alarm(8);
    if (pthread_create(&busy, NULL, churn, NULL) != 0)
        exit(2);
    for (int forks = 0; forks < 50 && status == 0; forks++) {
        for (unsigned i = 0; i < COUNT; i++) {
            blocks[i] = MALLOC(i);
            fill(blocks[i], i, i);
        }
        if (fork() == 0) {
            alarm(2);
            _exit(!goes_on());
        }
        waitpid(-1, &status, 0);
        if (status == 0 && !goes_on())
            return 1;
    }
    return status != 0;
}
