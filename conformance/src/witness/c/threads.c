static char *blocks[1000];

static void *in_thread(void *act)
{
#if EMBEDDED
    PyGILState_STATE state = PyGILState_Ensure();
#endif
    ((void (*)(void))act)();
#if EMBEDDED
    PyGILState_Release(state);
#endif
    return NULL;
}

/* Does something in another thread, while this one waits. */
static void elsewhere(void (*act)(void))
{
    pthread_t thread;
#if EMBEDDED
    PyThreadState *saved = PyEval_SaveThread();
#endif
    pthread_create(&thread, NULL, in_thread, act);
    pthread_join(thread, NULL);
#if EMBEDDED
    PyEval_RestoreThread(saved);
#endif
}

/* Pages of memory that the process has. */
static long resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    fscanf(file, "%*s %ld", &pages);
    fclose(file);
    return pages;
}

/* == threads.concurrent == */
static pthread_barrier_t all_came;
static atomic_int shows;

static void *churn(void *number)
{
    char mark = (char)(uintptr_t)number;
    FREE(MALLOC(1));
    pthread_barrier_wait(&all_came);
    for (int i = 0; i < 3000; i++) {
        size_t size = 1 + i % 64;
        char *block = memset(i % 3 ? MALLOC(size) : CALLOC(1, size), mark, size);
        usleep(1);
        block = REALLOC(block, size + 50);
        shows |= block[0] != mark || block[size - 1] != mark;
        FREE(block);
    }
    return NULL;
}

static int defect(void)
{
    pthread_t threads[100];
    signal(SIGSEGV, died);
    pthread_barrier_init(&all_came, NULL, 100);
    for (uintptr_t i = 0; i < 100; i++)
        pthread_create(&threads[i], NULL, churn, (void *)i);
    for (int i = 0; i < 100; i++)
        pthread_join(threads[i], NULL);
    return shows;
}

/* == threads.foreign-free == */
static void free_all(void)
{
    for (int i = 1; i < 400; i++)
        FREE(blocks[i]);
}

static int defect(void)
{
    long before = 0;
    for (int round = 0; round < 30; round++) {
        for (int i = 1; i < 400; i++)
            blocks[i] = memset(MALLOC(i * i), i, i * i);
        for (int i = 1; i < 400; i++)
            if (blocks[i][0] != (char)i || blocks[i][i * i - 1] != (char)i)
                return 1;
        before = round == 5 ? resident() : before;
        elsewhere(free_all);
    }
    return resident() > before + 3000;
}

/* == threads.exit == */
static void make_half(void)
{
    for (int i = 1; i < 500; i++)
        blocks[i] = memset(MALLOC(i), i, i);
}

static int defect(void)
{
    for (int round = 0; round < 50; round++) {
        elsewhere(make_half);
        for (int i = 500; i < 1000; i++)
            blocks[i] = memset(MALLOC(i - 499), i, i - 499);
        for (int i = 1; i < 1000; i++)
            if (blocks[i][0] != (char)i || blocks[i][i < 500 ? i - 1 : i - 500] != (char)i)
                return 1;
        for (int i = 1; i < 1000; i++)
            FREE(blocks[i]);
    }
    return 0;
}

/* == threads.hand-over == */
static void resize_all(void)
{
    for (int i = 1; i < 1000; i++)
        blocks[i] = REALLOC(blocks[i], i % 2 ? 3 * i : (i + 1) / 2);
}

static int defect(void)
{
    for (int i = 1; i < 1000; i++)
        blocks[i] = memset(MALLOC(i), 'x', i);
    elsewhere(resize_all);
    for (int i = 1; i < 1000; i++) {
        if (blocks[i][0] != 'x' || blocks[i][(i - 1) / 2] != 'x')
            return 1;
        FREE(blocks[i]);
    }
    return 0;
}

/* == threads.fork == */
static char *held[700];

static void *churn(void *unused)
{
    for (size_t i = 0;; i++)
        FREE(MALLOC(i % 700));
    return unused;
}

/* Whether new blocks are made over those that are held. */
static int damaged(void)
{
    for (int i = 1; i < 700; i++)
        memset(MALLOC(i), 'n', i);
    for (int i = 1; i < 700; i++)
        if (held[i][0] != 'h' || held[i][i - 1] != 'h')
            return 1;
    return 0;
}

static int defect(void)
{
    pthread_t thread;
    int status = 0;
    pthread_create(&thread, NULL, churn, NULL);
    for (int i = 1; i < 700; i++)
        held[i] = memset(MALLOC(i), 'h', i);
    signal(SIGALRM, died);
    alarm(5);
    for (int forks = 0; forks < 50 && status == 0; forks++) {
        if (fork() == 0) {
            alarm(2);
            _exit(damaged());
        }
        wait(&status);
        status |= damaged();
    }
    return status != 0;
}
