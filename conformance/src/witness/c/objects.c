/* Called for what an object refers to, and to finalize it. */
static int nothing(void)
{
    return 0;
}

/* A type whose objects have `size` bytes, and `item` bytes more for each item. */
static void *make_type(int size, int item)
{
    long no_slots[2] = {0, 0};
    struct { const char *name; int size, item; unsigned flags; void *slots; } spec = {
        "pymem_conform.Thing", size, item, 0, no_slots};
    void *(*from_spec)(void *) = dlsym(library, "PyType_FromSpec");
    return from_spec(&spec);
}

/* A type under garbage collection whose objects have `size` bytes, and `item` bytes more for each item. */
static void *make_collected(int size, int item)
{
    struct { long slot; int (*function)(void); } slots[] = {
        {71 /* tp_traverse */, nothing}, {80 /* tp_finalize */, nothing}, {0, NULL}};
    struct { const char *name; int size, item; unsigned flags; void *slots; } spec = {
        "pymem_conform.Thing", size, item, 0x4000 /* HAVE_GC */, slots};
    void *(*from_spec)(void *) = dlsym(library, "PyType_FromSpec");
    return from_spec(&spec);
}

/* The object domain, and what its malloc is asked for and gives. */
static PyMemAllocatorEx below;
static size_t requests, asked;
static void *given;

static void *watched_malloc(void *ctx, size_t size)
{
    requests++;
    asked = size;
    return given = below.malloc(ctx, size);
}

static void watch(void)
{
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMemAllocatorEx watched = below;
    watched.malloc = watched_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &watched);
}

/* Whether nothing came of it but this exception. */
static int raises(void *object, const char *exception)
{
    PyObject **type = dlsym(library, exception);
    int is_raised = PyErr_Occurred() && PyErr_ExceptionMatches(*type);
    PyErr_Clear();
    return is_raised && !object;
}

/* Whether an object begins with one reference and its type. */
static int is_new(void *object, void *type)
{
    char *header = object;
    return header && *(unsigned *)(header + @object-count@) == 1 && *(void **)(header + @object-header@ - 8) == type;
}

static Py_ssize_t items_of(void *object)
{
    return *(Py_ssize_t *)((char *)object + @object-header@);
}

/* Whether the module gc calls an object tracked. */
static int is_tracked(void *object)
{
    void *(*call)(void *, const char *, const char *, ...) = dlsym(library, "PyObject_CallMethod");
    return PyLong_AsSsize_t(call(PyImport_ImportModule("gc"), "is_tracked", "O", object)) != 0;
}

/* == objects.layout == */
static int defect(void)
{
    PyObject *object = PyObject_GetAttrString(PyImport_ImportModule("builtins"), "object");
    return PyLong_AsSsize_t(PyObject_GetAttrString(object, "__basicsize__")) != @object-header@;
}

/* == objects.new.size == */
static int defect(void)
{
    int shows = 0;
    watch();
    for (int size = 64; size < 6000; size += 100) {
        void *type = make_type(size, 0);
        requests = 0;
        _PyObject_New(type);
        shows |= requests != 1 || asked != (size_t)size;
    }
    return shows;
}

/* == objects.new.header == */
static int defect(void)
{
    void *type = make_type(64, 0);
    int shows = 0;
    for (int i = 0; i < 100; i++)
        shows |= !is_new(_PyObject_New(type), type);
    return shows;
}

/* == objects.new.refused == */
static void *refuse(void *ctx, size_t size)
{
    (void)ctx, (void)size;
    return NULL;
}

static int defect(void)
{
    void *plain = make_type(64, 8), *collected = make_collected(64, 8);
    PyMemAllocatorEx before, refusing;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &before);
    refusing = before;
    refusing.malloc = refuse;
    int shows = 0;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &refusing);
    for (int i = 0; i < 3; i++) {
        shows |= !raises(_PyObject_New(plain), "PyExc_MemoryError");
        shows |= !raises(_PyObject_NewVar(plain, 3), "PyExc_MemoryError");
        shows |= !raises(_PyObject_GC_New(collected), "PyExc_MemoryError");
        shows |= !raises(_PyObject_GC_NewVar(collected, 3), "PyExc_MemoryError");
    }
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &before);
    return shows;
}

/* == objects.new-var.size == */
static int defect(void)
{
    int shows = 0;
    watch();
    for (size_t item = 1; item <= 12; item++) {
        void *type = make_type(64, (int)item);
        for (size_t count = 0; count <= 300; count++) {
            requests = 0;
            _PyObject_NewVar(type, (Py_ssize_t)count);
            shows |= requests != 1 || asked < 64 + item * count;
        }
    }
    return shows;
}

/* == objects.new-var.rounding == */
static int defect(void)
{
    int shows = 0;
    watch();
    for (size_t item = 1; item <= 12; item++) {
        void *type = make_type(64, (int)item);
        for (size_t count = 0; count <= 300; count++) {
            _PyObject_NewVar(type, (Py_ssize_t)count);
            shows |= asked != (64 + item * count + 7) / 8 * 8;
        }
    }
    return shows;
}

/* == objects.new-var.header == */
static int defect(void)
{
    void *type = make_type(64, 1);
    int shows = 0;
    for (Py_ssize_t count = 0; count <= 1000; count++) {
        void *object = _PyObject_NewVar(type, count);
        shows |= !is_new(object, type) || items_of(object) != count;
    }
    return shows;
}

/* == objects.new-var.huge == */
static size_t largest;

static void *noting_malloc(void *ctx, size_t size)
{
    largest = size > largest ? size : largest;
    return below.malloc(ctx, size);
}

static int defect(void)
{
    void *plain = make_type(64, 8), *collected = make_collected(64, 8);
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMemAllocatorEx noting = below;
    noting.malloc = noting_malloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &noting);
    int shows = !raises(_PyObject_NewVar(plain, PY_SSIZE_T_MAX / 8), "PyExc_MemoryError");
    shows |= !raises(_PyObject_GC_NewVar(collected, PY_SSIZE_T_MAX / 8), "PyExc_MemoryError");
    /* The exception itself takes a little. */
    return shows || largest > 100000;
}

/* == objects.init == */
static int defect(void)
{
    int shows = 0;
    watch();
    for (size_t size = 64; size < 6000; size += 100) {
        void *type = make_type((int)size, 0);
        char *memory = memset(PyObject_Malloc(size), 0xA5, size);
        requests = 0;
        shows |= (void *)PyObject_Init((PyObject *)memory, type) != memory || requests != 0;
        shows |= !is_new(memory, type);
        shows |= !all_are(memory + @object-header@, size - @object-header@, 0xA5);
    }
    return shows;
}

/* == objects.init-var == */
static int defect(void)
{
    void *type = make_type(64, 1);
    char *memory = PyObject_Malloc(1000);
    int shows = 0;
    watch();
    for (Py_ssize_t count = 0; count <= 900; count++) {
        memset(memory, 0xA5, 1000);
        shows |= (void *)PyObject_InitVar((PyVarObject *)memory, type, count) != memory || requests != 0;
        shows |= !is_new(memory, type) || items_of(memory) != count;
        shows |= !all_are(memory + @object-header@ + 8, 1000 - @object-header@ - 8, 0xA5);
    }
    return shows;
}

/* == objects.init.null == */
static int defect(void)
{
    void *type = make_type(64, 1);
    int shows = 0;
    for (int i = 0; i < 10; i++) {
        shows |= !raises(PyObject_Init(NULL, type), "PyExc_MemoryError");
        shows |= !raises(PyObject_InitVar(NULL, type, 10), "PyExc_MemoryError");
    }
    return shows;
}

/* == objects.init.heap-type == */
static int defect(void)
{
    void *type = make_type(64, 1);
    unsigned *references = (unsigned *)((char *)type + @object-count@), before = *references;
    for (int i = 0; i < 10; i++) {
        PyObject_Init(PyObject_Malloc(64), type);
        PyObject_InitVar(PyObject_Malloc(74), type, 10);
    }
    return *references != before + 20;
}

/* == objects.init.heap-type-borrowed == */
static int defect(void)
{
    void *type = make_type(64, 1);
    unsigned *references = (unsigned *)((char *)type + @object-count@), before = *references;
    for (int i = 0; i < 10; i++) {
        PyObject_Init(PyObject_Malloc(64), type);
        PyObject_InitVar(PyObject_Malloc(74), type, 10);
    }
    return *references != before;
}

/* == objects.del == */
static size_t frees;
static void *freed;

static void watched_free(void *ctx, void *block)
{
    frees++;
    freed = block;
    below.free(ctx, block);
}

static int defect(void)
{
    void *type = make_type(64, 1);
    int shows = 0;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMemAllocatorEx watched = below;
    watched.free = watched_free;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &watched);
    for (Py_ssize_t count = 0; count <= 1000; count++) {
        void *object = _PyObject_NewVar(type, count);
        frees = 0;
        /* This is what PyObject_Del stands for. */
        PyObject_Free(object);
        shows |= frees != 1 || freed != object;
    }
    return shows;
}

/* == objects.in-raw-memory == */
static int defect(void)
{
    int shows = 0;
    for (int size = @object-header@; size < 600; size += 8) {
        void *type = make_type(size, 0), *memory = PyMem_RawMalloc((size_t)size);
        shows |= (void *)PyObject_Init(memory, type) != memory || !is_new(memory, type);
        PyMem_RawFree(memory);
    }
    return shows;
}

/* == objects.bytes-of-buffer == */
static int defect(void)
{
    int shows = 0;
    for (size_t size = 1; size < 9000; size += 7) {
        char *buffer = PyMem_Malloc(size);
        if (!buffer)
            return 1;
        memset(buffer, 'x', size - 1);
        buffer[size - 1] = 0;
        PyObject *bytes = PyBytes_FromString(buffer);
        memset(buffer, 'y', size);
        PyMem_Free(buffer);
        const char *text = PyBytes_AsString(bytes);
        shows |= strlen(text) != size - 1 || !all_are(text, size - 1, 'x');
    }
    return shows;
}

/* == objects.gc-new == */
static int defect(void)
{
    int shows = 0;
    watch();
    for (int item = 0; item <= 12; item++) {
        void *type = make_collected(64, item);
        for (Py_ssize_t count = 0; count <= 40; count++) {
            requests = 0;
            void *object = item ? (void *)_PyObject_GC_NewVar(type, count) : _PyObject_GC_New(type);
            shows |= requests != 1 || asked < (size_t)(64 + item * count);
            shows |= !is_new(object, type) || (item && items_of(object) != count) || is_tracked(object);
            PyObject_GC_Del(object);
        }
    }
    return shows;
}

/* == objects.gc-new-var.negative == */
static int defect(void)
{
    void *type = make_collected(64, 8);
    int shows = 0;
    for (Py_ssize_t bits = 0; bits < 64; bits++)
        shows |= !raises(_PyObject_GC_NewVar(type, (Py_ssize_t)(~(size_t)0 << bits)), "PyExc_SystemError");
    return shows;
}

/* == objects.gc-header == */
static int defect(void)
{
    int shows = 0;
    watch();
    for (int size = 64; size < 6000; size += 100) {
        PyObject *object = _PyObject_GC_New(make_collected(size, 0));
        shows |= (char *)object - (char *)given != @gc-header@ || asked != (size_t)size + @gc-header@;
        PyObject_GC_Del(object);
    }
    return shows;
}

/* == objects.gc-track == */
static int defect(void)
{
    void *type = make_collected(64, 0);
    int shows = 0;
    for (int i = 0; i < 100; i++) {
        PyObject *object = _PyObject_GC_New(type);
        PyObject_GC_Track(object);
        shows |= !is_tracked(object);
        PyObject_GC_UnTrack(object);
        shows |= is_tracked(object);
        PyObject_GC_Del(object);
    }
    return shows;
}

/* == objects.gc-track.twice == */
static int defect(void)
{
    PyObject *object = _PyObject_GC_New(make_collected(64, 0));
    PyObject_GC_Track(object);
    int status = 0;
    if (fork() == 0) {
        PyObject_GC_Track(object);
        _exit(0);
    }
    waitpid(-1, &status, 0);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT;
}

/* == objects.gc-untrack.twice == */
static int defect(void)
{
    void *type = make_collected(64, 0), *object = _PyObject_GC_New(type);
    PyObject_GC_UnTrack(object);
    if (is_tracked(object))
        return 1;
    PyObject_GC_Track(object);
    PyObject_GC_UnTrack(object);
    PyObject_GC_UnTrack(object);
    return is_tracked(object) || !is_new(object, type);
}

/* == objects.gc-del == */
static size_t frees;
static void *freed;

static void watched_free(void *ctx, void *block)
{
    frees++;
    freed = block;
    below.free(ctx, block);
}

static int defect(void)
{
    void *type = make_collected(64, 8);
    int shows = 0;
    watch();
    PyMemAllocatorEx watched;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &watched);
    watched.free = watched_free;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &watched);
    for (Py_ssize_t count = 0; count <= 1000; count++) {
        void *object = _PyObject_GC_NewVar(type, count);
        frees = 0;
        PyObject_GC_Del(object);
        shows |= frees != 1 || freed != given;
    }
    return shows;
}

/* == objects.gc-del.tracked == */
static int defect(void)
{
    void *type = make_collected(64, 0), *objects[3];
    int status = 0;
    if (fork() == 0) {
        for (int i = 0; i < 3; i++)
            PyObject_GC_Track(objects[i] = _PyObject_GC_New(type));
        PyObject_GC_Del(objects[1]);
        /* Somebody else gets its memory. */
        for (int i = 0; i < 10; i++)
            memset(PyObject_Malloc(64 + @gc-header@), 0xEE, 64 + @gc-header@);
        PyRun_SimpleString("import gc; gc.collect()");
        PyObject_GC_UnTrack(objects[0]);
        PyObject_GC_UnTrack(objects[2]);
        _exit(0);
    }
    waitpid(-1, &status, 0);
    return status != 0;
}

/* == objects.gc-resize == */
static void *resized;

static void *watched_realloc(void *ctx, void *block, size_t size)
{
    requests++;
    resized = block;
    asked = size;
    return below.realloc(ctx, block, size);
}

static int defect(void)
{
    static const size_t counts[][2] = {{3, 50}, {50, 2}, {0, 1000}, {8, 8}, {600, 1000}, {1000, 999}};
    void *type = make_collected(64, 8);
    int shows = 0;
    watch();
    PyMemAllocatorEx watched;
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &watched);
    watched.realloc = watched_realloc;
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &watched);
    for (int i = 0; i < 6; i++) {
        size_t old = counts[i][0], new = counts[i][1], kept = 8 * (old < new ? old : new);
        void *object = _PyObject_GC_NewVar(type, (Py_ssize_t)old);
        fill((char *)object + 64, 8 * old, 0);
        requests = 0;
        object = _PyObject_GC_Resize(object, (Py_ssize_t)new);
        shows |= requests != 1 || resized != given || asked < 64 + 8 * new;
        shows |= !is_new(object, type) || items_of(object) != (Py_ssize_t)new;
        shows |= !intact((char *)object + 64, kept, 0);
        PyObject_GC_Del(object);
    }
    return shows;
}

/* == objects.gc-extra-data == */
static int defect(void)
{
    void *type = make_collected(64, 0);
    watch();
    for (size_t extra = 0; extra <= 1000; extra++) {
        /* If there are zeroes afterwards, it is somebody's doing. */
        PyObject_Free(memset(PyObject_Malloc(64 + @gc-header@ + extra), 0xEE, 64 + @gc-header@ + extra));
        requests = 0;
        void *object = PyUnstable_Object_GC_NewWithExtraData(type, extra);
        if (requests != 1 || asked < 64 + extra || !is_new(object, type))
            return 1;
        if (is_tracked(object) || !all_are((char *)object + @object-header@, 64 + extra - @object-header@, 0))
            return 1;
        PyObject_GC_Del(object);
    }
    return 0;
}

/* == objects.gc-queries == */
static int defect(void)
{
    PyObject *object = _PyObject_GC_New(make_collected(64, 0));
    int shows = PyObject_GC_IsFinalized(object) != 0;
    for (int i = 0; i < 100; i++) {
        shows |= PyObject_GC_IsTracked(object) != 0;
        PyObject_GC_Track(object);
        shows |= PyObject_GC_IsTracked(object) != 1;
        PyObject_GC_UnTrack(object);
        shows |= PyObject_GC_IsTracked(object) != 0;
    }
    PyObject_CallFinalizer(object);
    return shows || PyObject_GC_IsFinalized(object) != 1;
}
