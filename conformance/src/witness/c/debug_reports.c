/* What is said when a block is freed of which one byte was changed. */
static const char *report(size_t size, ptrdiff_t place)
{
    static char said[9999];
    dup2(fileno(tmpfile()), 2);
    if (fork() == 0) {
        unsigned char *block = MALLOC(size);
        memset(block, 7, size);
        block[place] ^= 0xff;
        FREE(block);
        _exit(0);
    }
    wait(NULL);
    said[pread(2, said, sizeof said - 1, 0)] = 0;
    return said;
}

/* == debug-hooks.report.block == */
static int defect(void)
{
    for (size_t size = 0; size <= 1000; size += 50) {
        char letter = 0;
        size_t named = 0;
        sscanf(report(size, (ptrdiff_t)size), "Debug memory block at address p=%*[^:]: API '%c'\n %zu bytes originally requested",
               &letter, &named);
        if (letter != LETTER || named != size)
            return 1;
    }
    return 0;
}

/* == debug-hooks.report.pads == */
static int defect(void)
{
    char marked[80], as_expected[80];
    snprintf(marked, sizeof marked, "at tail+2: 0x%02x *** OUCH\n", @debug-forbidden@ ^ 0xff);
    snprintf(as_expected, sizeof as_expected, "at tail+3: 0x%02x\n", @debug-forbidden@);
    const char *said = report(24, 24 + 2);
    if (!strstr(said, "The 7 pad bytes at p-7 are FORBIDDENBYTE, as expected") || !strstr(said, marked) || !strstr(said, as_expected))
        return 1;
    snprintf(marked, sizeof marked, "at p-3: 0x%02x *** OUCH\n", @debug-forbidden@ ^ 0xff);
    return !strstr(report(24, -3), marked);
}

/* == debug-hooks.report.data == */
static int defect(void)
{
    return !strstr(report(3, 3), "Data at p: 07 07 07\n") ||
           !strstr(report(16, 16), "Data at p: 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07 07\n") ||
           !strstr(report(17, 17), "Data at p: 07 07 07 07 07 07 07 07 ... 07 07 07 07 07 07 07 07\n") ||
           strstr(report(0, 0), "Data at p: ");
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
    char said[9999] = "";
    dup2(fileno(tmpfile()), 2);
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            unsigned char *block = MALLOC(24);
            block[24] ^= 0xff;
            i ? (void)REALLOC(block, 44) : FREE(block);
            _exit(0);
        }
        wait(NULL);
    }
    pread(2, said, sizeof said - 1, 0);
    return !strstr(said, "\nFatal Python error: _PyMem_DebugRawFree: ") ||
           !strstr(said, "\nFatal Python error: _PyMem_DebugRawRealloc: ");
}

/* == debug-hooks.report.state == */
static int defect(void)
{
    return !strstr(report(24, 24), "\nPython runtime state: initialized\n");
}

/* == debug-hooks.report.abort == */
static int defect(void)
{
    int by_free, by_realloc;
    unsigned char *block = MALLOC(24);
    block[24] ^= 0xff;
    if (fork() == 0) {
        FREE(block);
        _exit(0);
    }
    wait(&by_free);
    if (fork() == 0) {
        REALLOC(block, 44);
        _exit(0);
    }
    wait(&by_realloc);
    return !WIFSIGNALED(by_free) || WTERMSIG(by_free) != SIGABRT || !WIFSIGNALED(by_realloc) || WTERMSIG(by_realloc) != SIGABRT;
}

/* == debug-hooks.report.hint == */
static int defect(void)
{
    return !strstr(report(24, 24), "\nEnable tracemalloc to get ");
}

/* == debug-hooks.report.traceback == */
static PyObject *damage(PyObject *self, PyObject *unused)
{
    unsigned char *block = MALLOC(24);
    (void)self, (void)unused;
    block[24] ^= 0xff;
    FREE(block);
    return NULL;
}

static int defect(void)
{
    static PyMethodDef method = {"damage", damage, METH_NOARGS, NULL};
    char said[9999] = "";
    PyObject_SetAttrString(PyImport_ImportModule("__main__"), "damage", PyCFunction_NewEx(&method, NULL, NULL));
    dup2(fileno(tmpfile()), 2);
    if (fork() == 0) {
        PyRun_SimpleString("import tracemalloc; tracemalloc.start(2)\ndef outer():\n  damage()\nouter()");
        _exit(0);
    }
    wait(NULL);
    pread(2, said, sizeof said - 1, 0);
    return !strstr(said, "  File \"<string>\", line 3\n  File \"<string>\", line 4\n");
}

/* == domains.mixing.free == */
static int defect(void)
{
    static void (**others[])(void *) = {&PyMem_RawFree, &PyMem_Free, &PyObject_Free};
    char said[9999];
    for (int other = 0; other < 3; other++) {
        int status;
        if (other == DOMAIN)
            continue;
        dup2(fileno(tmpfile()), 2);
        if (fork() == 0) {
            (*others[other])(MALLOC(24));
            _exit(0);
        }
        wait(&status);
        said[pread(2, said, sizeof said - 1, 0)] = 0;
        /* The words of the C library are about its own blocks. */
        if (!WIFSIGNALED(status) || !*said || strstr(said, "(): ") || strstr(said, "corrupt"))
            return 1;
    }
    return 0;
}

/* == domains.mixing.realloc == */
static int defect(void)
{
    static void *(**others[])(void *, size_t) = {&PyMem_RawRealloc, &PyMem_Realloc, &PyObject_Realloc};
    char said[9999];
    for (int other = 0; other < 3; other++) {
        int status;
        if (other == DOMAIN)
            continue;
        dup2(fileno(tmpfile()), 2);
        if (fork() == 0) {
            (*others[other])(MALLOC(24), 44);
            _exit(0);
        }
        wait(&status);
        said[pread(2, said, sizeof said - 1, 0)] = 0;
        /* The words of the C library are about its own blocks. */
        if (!WIFSIGNALED(status) || !*said || strstr(said, "(): ") || strstr(said, "corrupt"))
            return 1;
    }
    return 0;
}

/* == domains.mixing.letters == */
static int defect(void)
{
    char said[9999] = "", names[80];
    char other = LETTER == 'r' ? 'm' : 'r';
    dup2(fileno(tmpfile()), 2);
    if (fork() == 0) {
        void *block = MALLOC(24);
        other == 'r' ? PyMem_RawFree(block) : PyMem_Free(block);
        _exit(0);
    }
    wait(NULL);
    pread(2, said, sizeof said - 1, 0);
    snprintf(names, sizeof names, "Allocated using API '%c', verified using API '%c'", LETTER, other);
    return !strstr(said, names);
}
