/* A block of this size is damaged there, and freed or resized. */
static size_t size;
static ptrdiff_t place;

static unsigned char *damaged(void)
{
    unsigned char *block = MALLOC(size);
    for (size_t i = 0; i < size; i++)
        block[i] = (unsigned char)(i + 1);
    block[place] ^= 0xff;
    return block;
}

static void free_damaged(void)
{
    FREE(damaged());
}

static void resize_damaged(void)
{
    FREE(REALLOC(damaged(), size + 20));
}

/* What is said when it is freed. */
static const char *report(size_t bytes, ptrdiff_t at)
{
    size = bytes;
    place = at;
    in_fork(free_damaged);
    return fate.said;
}

/* Whether the report shows a guard byte, with a mark where it is wrong. */
static int shows(const char *end, int at, int is_wrong)
{
    char line[80];
    int byte = is_wrong ? @debug-forbidden@ ^ 0xff : @debug-forbidden@;
    snprintf(line, sizeof line, "at %s%+d: 0x%02x%s\n", end, at, byte, is_wrong ? " *** OUCH" : "");
    return strstr(fate.said, line) != NULL;
}

/* A block is given to the functions of another domain. */
static int other;

static void free_elsewhere(void)
{
    void *block = MALLOC(24);
    if (other == PYMEM_DOMAIN_RAW)
        PyMem_RawFree(block);
    else if (other == PYMEM_DOMAIN_MEM)
        PyMem_Free(block);
    else
        PyObject_Free(block);
}

static void resize_elsewhere(void)
{
    void *block = MALLOC(24);
    if (other == PYMEM_DOMAIN_RAW)
        block = PyMem_RawRealloc(block, 44);
    else if (other == PYMEM_DOMAIN_MEM)
        block = PyMem_Realloc(block, 44);
    else
        block = PyObject_Realloc(block, 44);
}

/* Whether a fork dies of it with a report; the words of the C library are about its own blocks. */
static int is_found(void (*act)(void))
{
    in_fork(act);
    return WIFSIGNALED(fate.status) && *fate.said && !strstr(fate.said, "(): ") && !strstr(fate.said, "corrupt");
}

/* == debug-hooks.report.block == */
static int defect(void)
{
    static const size_t sizes[] = {0, 24, 1000};
    for (int i = 0; i < 3; i++) {
        char letter = 0;
        size_t named = ~sizes[i];
        sscanf(report(sizes[i], (ptrdiff_t)sizes[i]),
               "Debug memory block at address p=%*[^:]: API '%c'\n %zu bytes originally requested", &letter, &named);
        if (letter != LETTER || named != sizes[i])
            return 1;
    }
    return 0;
}

/* == debug-hooks.report.pads == */
static int defect(void)
{
    const char *said = report(24, 24 + 2);
    int all = strstr(said, "The 7 pad bytes at p-7 are FORBIDDENBYTE, as expected") != NULL;
    for (int at = 0; at < 8; at++)
        all = all && shows("tail", at, at == 2);
    said = report(24, -3);
    all = all && strstr(said, " are FORBIDDENBYTE, as expected");
    for (int at = -7; at < 0; at++)
        all = all && shows("p", at, at == -3);
    return !all;
}

/* == debug-hooks.report.data == */
static int defect(void)
{
    static const size_t sizes[] = {3, 8, 9, 16, 17, 24, 300};
    for (int n = 0; n < 7; n++) {
        char expected[80] = "Data at p:";
        for (size_t i = 0; i < sizes[n]; i++) {
            if (sizes[n] > 16 && i == 8) {
                strcat(expected, " ...");
                i = sizes[n] - 8;
            }
            sprintf(expected + strlen(expected), " %02x", (unsigned)(i + 1) & 0xff);
        }
        strcat(expected, "\n");
        if (!strstr(report(sizes[n], (ptrdiff_t)sizes[n]), expected))
            return 1;
    }
    return strstr(report(0, 0), "Data at p: ") != NULL;
}

/* == debug-hooks.report.finding == */
static int defect(void)
{
    return !strstr(report(24, 24), "bad trailing pad byte") || !strstr(report(24, -1), "bad leading pad byte") ||
           !strstr(report(24, -8), "bad ID: ");
}

/* == debug-hooks.report.function == */
static int defect(void)
{
    int named = strstr(report(24, 24), "\nFatal Python error: _PyMem_DebugRawFree: ") != NULL;
    in_fork(resize_damaged);
    return !named || !strstr(fate.said, "\nFatal Python error: _PyMem_DebugRawRealloc: ");
}

/* == debug-hooks.report.state == */
static int defect(void)
{
    return !strstr(report(24, 24), "\nPython runtime state: initialized\n");
}

/* == debug-hooks.report.abort == */
static int defect(void)
{
    report(24, 24);
    int aborted = WIFSIGNALED(fate.status) && WTERMSIG(fate.status) == SIGABRT;
    in_fork(resize_damaged);
    return !aborted || !WIFSIGNALED(fate.status) || WTERMSIG(fate.status) != SIGABRT;
}

/* == debug-hooks.report.hint == */
static int defect(void)
{
    return !strstr(report(24, 24), "\nEnable tracemalloc to get ");
}

/* == debug-hooks.report.traceback == */
static unsigned char *block;

static PyObject *allocate(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    size = 24;
    place = 24;
    block = damaged();
    return PyLong_FromSsize_t(0);
}

static void free_allocated(void)
{
    FREE(block);
}

static int defect(void)
{
    static PyMethodDef method = {"allocate", allocate, METH_NOARGS, NULL};
    PyObject *main_module = PyImport_ImportModule("__main__");
    PyObject_SetAttrString(main_module, "allocate", PyCFunction_NewEx(&method, NULL, NULL));
    PyRun_SimpleString("import tracemalloc\n"
                       "tracemalloc.start(2)\n"
                       "exec(compile('def inner():\\n  allocate()\\n\\ninner()\\n', 'place.py', 'exec'))\n");
    in_fork(free_allocated);
    return !block || !strstr(fate.said, "  File \"place.py\", line 2\n  File \"place.py\", line 4\n");
}

/* == domains.mixing.free == */
static int defect(void)
{
    for (other = 0; other < 3; other++)
        if (other != DOMAIN && !is_found(free_elsewhere))
            return 1;
    return 0;
}

/* == domains.mixing.realloc == */
static int defect(void)
{
    for (other = 0; other < 3; other++)
        if (other != DOMAIN && !is_found(resize_elsewhere))
            return 1;
    return 0;
}

/* == domains.mixing.letters == */
static int defect(void)
{
    for (other = 0; other < 3; other++) {
        if (other == DOMAIN)
            continue;
        char names[80];
        snprintf(names, sizeof names, "Allocated using API '%c', verified using API '%c'", LETTER, "rmo"[other]);
        in_fork(free_elsewhere);
        int named = strstr(fate.said, names) != NULL;
        in_fork(resize_elsewhere);
        if (!named || !strstr(fate.said, names))
            return 1;
    }
    return 0;
}
