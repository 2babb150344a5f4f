typedef struct { const char *name; int size, item; unsigned flags; void *slots; } Spec; /* PyType_Spec */

/* Notes what is asked for, and refuses it. */
static void *refuse(void *ctx, size_t size)
{
    *(size_t *)ctx = size;
    return NULL;
}

/* What is asked for, for an object of 64 bytes and so many items of some bytes; 0 if there is an object. */
static size_t asked_for(int item, size_t count)
{
    static void *type;
    static size_t asked;
    void *(*object_new)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_NewVar");
    if (!type) {
        Spec spec = {"pymem_conform.Thing", 64, item, 0, (long[2]){0}};
        void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
        void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
        void *refusing[] = {&asked, refuse, refuse, refuse, refuse};
        type = make_type(&spec);
        set(2, refusing);
    }
    return object_new(type, (Py_ssize_t)count) ? 0 : asked;
}

/* == objects.layout == */
static int defect(void)
{
    void *(*import)(const char *name) = dlsym(library, "PyImport_ImportModule");
    void *(*attribute)(void *object, const char *name) = dlsym(library, "PyObject_GetAttrString");
    void *size = attribute(attribute(import("builtins"), "object"), "__basicsize__");
    return PyLong_AsSsize_t(size) != @object-header@;
}

/* == objects.new.size == */
static int defect(void)
{
    Spec small = {"pymem_conform.Thing", 64, 0, 0, (long[2]){0}};
    Spec large = {"pymem_conform.Thing", 4000, 0, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *types[] = {make_type(&small), make_type(&large)};
    size_t asked = 0;
    void *refusing[] = {&asked, refuse, refuse, refuse, refuse};
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    set(2, refusing);
    void *(*object_new)(void *type) = dlsym(library, "_PyObject_New");
    int shows = 0;
    for (int i = 0; i < 100; i++)
        shows |= object_new(types[i % 2]) || asked != (i % 2 ? 4000 : 64);
    return shows;
}

/* == objects.new.header == */
static int defect(void)
{
    Spec spec = {"pymem_conform.Thing", 64, 0, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*object_new)(void *type) = dlsym(library, "_PyObject_New");
    void *type = make_type(&spec);
    int shows = 0;
    for (int i = 0; i < 100; i++) {
        char *object = object_new(type);
        shows |= *(unsigned *)(object + @object-count@) != 1;
        shows |= *(void **)(object + @object-header@ - 8) != type;
    }
    return shows;
}

/* == objects.new.refused == */
static void *nothing(void)
{
    return NULL;
}

static int defect(void)
{
    static const char *const functions[] = {
        "_PyObject_New", "_PyObject_NewVar", "_PyObject_GC_New", "_PyObject_GC_NewVar"};
    void *(*occurred)(void) = dlsym(library, "PyErr_Occurred");
    void (*clear)(void) = dlsym(library, "PyErr_Clear");
    void *refusing[] = {NULL /* ctx */, nothing, nothing, nothing, nothing};
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    set(2, refusing);
    void *type = dlsym(library, "PyTuple_Type"), **error = dlsym(library, "PyExc_MemoryError");
    int shows = 0;
    for (int i = 0; i < 12; i++) {
        /* Those that take no number of items do not see it. */
        void *(*object_new)(void *type, Py_ssize_t count) = dlsym(library, functions[i % 4]);
        shows |= object_new(type, 3) || occurred() != *error;
        clear();
    }
    return shows;
}

/* == objects.new-var.size == */
static int defect(void)
{
    for (size_t count = 0; count <= 1000; count++)
        if (asked_for(12, count) < 64 + 12 * count)
            return 1;
    return 0;
}

/* == objects.new-var.rounding == */
static int defect(void)
{
    for (size_t count = 0; count <= 1000; count++)
        if (asked_for(1, count) != (64 + count + 7) / 8 * 8)
            return 1;
    return 0;
}

/* == objects.new-var.header == */
static int defect(void)
{
    Spec spec = {"pymem_conform.Thing", 64, 1, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*object_new)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_NewVar");
    void *type = make_type(&spec);
    int shows = 0;
    for (Py_ssize_t count = 0; count <= 1000; count++) {
        char *object = object_new(type, count);
        shows |= *(unsigned *)(object + @object-count@) != 1;
        shows |= *(void **)(object + @object-header@ - 8) != type;
        shows |= *(Py_ssize_t *)(object + @object-header@) != count;
    }
    return shows;
}

/* == objects.new-var.huge == */
/* Adds up what is asked for, and refuses it. */
static void *add(void *ctx, size_t size)
{
    *(size_t *)ctx += size;
    return NULL;
}

static int defect(void)
{
    static const char *const functions[] = {"_PyObject_NewVar", "_PyObject_GC_NewVar"};
    void *(*occurred)(void) = dlsym(library, "PyErr_Occurred");
    void (*clear)(void) = dlsym(library, "PyErr_Clear");
    size_t asked = 0;
    void *refusing[] = {&asked, add, add, add, add};
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    set(2, refusing);
    void *type = dlsym(library, "PyTuple_Type"), **error = dlsym(library, "PyExc_MemoryError");
    int shows = 0;
    for (int i = 0; i < 2; i++) {
        void *(*object_new)(void *type, Py_ssize_t count) = dlsym(library, functions[i]);
        shows |= object_new(type, PY_SSIZE_T_MAX / 8) || occurred() != *error;
        clear();
    }
    /* The exception itself may take a little. */
    return shows || asked > 100000;
}

/* == objects.init == */
static int defect(void)
{
    static char memory[1000], before[1000];
    Spec spec = {"pymem_conform.Thing", sizeof memory, 0, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*init)(void *memory, void *type) = dlsym(library, "PyObject_Init");
    void *type = make_type(&spec);
    memset(memory, 0xA5, sizeof memory);
    memset(before, 0xA5, sizeof before);
    int shows = init(memory, type) != memory;
    shows |= *(unsigned *)(memory + @object-count@) != 1;
    shows |= *(void **)(memory + @object-header@ - 8) != type;
    shows |= memcmp(memory + @object-header@, before, sizeof memory - @object-header@) != 0;
    return shows;
}

/* == objects.init-var == */
static int defect(void)
{
    static char memory[1000], before[1000];
    Spec spec = {"pymem_conform.Thing", 64, 1, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*init)(void *memory, void *type, Py_ssize_t count) = dlsym(library, "PyObject_InitVar");
    void *type = make_type(&spec);
    memset(memory, 0xA5, sizeof memory);
    memset(before, 0xA5, sizeof before);
    int shows = 0;
    for (Py_ssize_t count = 0; count <= 900; count++) {
        shows |= init(memory, type, count) != memory;
        shows |= *(unsigned *)(memory + @object-count@) != 1;
        shows |= *(void **)(memory + @object-header@ - 8) != type;
        shows |= *(Py_ssize_t *)(memory + @object-header@) != count;
        shows |= memcmp(memory + @object-header@ + 8, before, sizeof memory - @object-header@ - 8) != 0;
    }
    return shows;
}

/* == objects.init.null == */
static int defect(void)
{
    void *(*init)(void *memory, void *type) = dlsym(library, "PyObject_Init");
    void *(*init_var)(void *memory, void *type, Py_ssize_t count) = dlsym(library, "PyObject_InitVar");
    void *(*occurred)(void) = dlsym(library, "PyErr_Occurred");
    void (*clear)(void) = dlsym(library, "PyErr_Clear");
    void *type = dlsym(library, "PyBytes_Type"), **error = dlsym(library, "PyExc_MemoryError");
    int shows = 0;
    for (int i = 0; i < 10; i++) {
        shows |= init(NULL, type) || occurred() != *error;
        clear();
        shows |= init_var(NULL, type, 10) || occurred() != *error;
        clear();
    }
    return shows;
}

/* == objects.init.heap-type == */
static int defect(void)
{
    static char memory[100];
    Spec spec = {"pymem_conform.Thing", 64, 1, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*init)(void *memory, void *type) = dlsym(library, "PyObject_Init");
    void *(*init_var)(void *memory, void *type, Py_ssize_t count) = dlsym(library, "PyObject_InitVar");
    char *type = make_type(&spec);
    unsigned *references = (unsigned *)(type + @object-count@), before = *references;
    for (int i = 0; i < 10; i++) {
        init(memory, type);
        init_var(memory, type, 10);
    }
    return *references != before + 20;
}

/* == objects.init.heap-type-borrowed == */
static int defect(void)
{
    static char memory[100];
    Spec spec = {"pymem_conform.Thing", 64, 1, 0, (long[2]){0}};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*init)(void *memory, void *type) = dlsym(library, "PyObject_Init");
    void *(*init_var)(void *memory, void *type, Py_ssize_t count) = dlsym(library, "PyObject_InitVar");
    char *type = make_type(&spec);
    unsigned *references = (unsigned *)(type + @object-count@), before = *references;
    for (int i = 0; i < 10; i++) {
        init(memory, type);
        init_var(memory, type, 10);
    }
    return *references != before;
}

/* == objects.del == */
/* Notes what is freed, and keeps it. */
static void keep(void *ctx, void *block)
{
    *(void **)ctx = block;
}

static int defect(void)
{
    void *(*object_new)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_NewVar");
    void (*del)(void *object) = dlsym(library, "PyObject_Free"); /* what PyObject_Del stands for */
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    void *freed, *objects[1000], *keeping[] = {&freed, keep, keep, keep, keep};
    for (int i = 0; i < 1000; i++)
        objects[i] = object_new(dlsym(library, "PyBytes_Type"), i);
    set(2, keeping);
    int shows = 0;
    for (int i = 0; i < 1000; i++) {
        freed = NULL;
        del(objects[i]);
        shows |= freed != objects[i];
    }
    return shows;
}

/* == objects.in-raw-memory == */
static int defect(void)
{
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*init)(void *memory, void *type) = dlsym(library, "PyObject_Init");
    int shows = 0;
    for (int size = @object-header@; size < 600; size += 8) {
        Spec spec = {"pymem_conform.Thing", size, 0, 0, (long[2]){0}};
        void *type = make_type(&spec);
        char *object = init(PyMem_RawMalloc((size_t)size), type);
        shows |= *(unsigned *)(object + @object-count@) != 1;
        shows |= *(void **)(object + @object-header@ - 8) != type;
        PyMem_RawFree(object);
    }
    return shows;
}

/* == objects.bytes-of-buffer == */
static int defect(void)
{
    void *(*bytes_of)(const char *text) = dlsym(library, "PyBytes_FromString");
    char *(*text_of)(void *bytes) = dlsym(library, "PyBytes_AsString");
    int shows = 0;
    for (size_t size = 1; size < 9000; size += 7) {
        char *buffer = PyMem_Malloc(size);
        if (!buffer)
            return 1;
        memset(buffer, 'x', size - 1);
        buffer[size - 1] = 0;
        char *text = text_of(bytes_of(buffer));
        memset(buffer, 'y', size);
        PyMem_Free(buffer);
        shows |= strlen(text) != size - 1 || strspn(text, "x") != size - 1;
    }
    return shows;
}

/* == objects.gc-new == */
static int defect(void)
{
    void *returns_0 = dlsym(library, "PyErr_Occurred");
    struct { int number; void *function; } slots[] = {{71 /* Py_tp_traverse */, returns_0}, {0, NULL}};
    Spec spec = {"pymem_conform.Thing", 64, 1, 0x4000 /* HAVE_GC */, slots};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*gc_new)(void *type) = dlsym(library, "_PyObject_GC_New");
    void *(*gc_new_var)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_GC_NewVar");
    void *(*import)(const char *name) = dlsym(library, "PyImport_ImportModule");
    void *(*call)(void *, const char *, const char *, ...) = dlsym(library, "PyObject_CallMethod");
    void *type = make_type(&spec), *gc = import("gc"), *yes = dlsym(library, "_Py_TrueStruct");
    int shows = call(gc, "is_tracked", "O", gc_new(type)) == yes;
    shows |= call(gc, "is_tracked", "O", gc_new_var(type, 3)) == yes;
    size_t asked = 0;
    void *refusing[] = {&asked, refuse, refuse, refuse, refuse};
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    set(2, refusing);
    for (size_t count = 0; count <= 1000; count++)
        shows |= gc_new_var(type, (Py_ssize_t)count) || asked < 64 + count;
    return shows;
}

/* == objects.gc-new-var.negative == */
static int defect(void)
{
    void *(*object_new)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_GC_NewVar");
    void *(*occurred)(void) = dlsym(library, "PyErr_Occurred");
    void (*clear)(void) = dlsym(library, "PyErr_Clear");
    void *type = dlsym(library, "PyTuple_Type"), **error = dlsym(library, "PyExc_SystemError");
    int shows = 0;
    for (int bits = 0; bits < 64; bits++) {
        Py_ssize_t count = (Py_ssize_t)(~(size_t)0 << bits);
        shows |= object_new(type, count) || occurred() != *error;
        clear();
    }
    return shows;
}

/* == objects.gc-header == */
static int defect(void)
{
    void *returns_0 = dlsym(library, "PyErr_Occurred");
    struct { int number; void *function; } slots[] = {{71 /* Py_tp_traverse */, returns_0}, {0, NULL}};
    Spec small = {"pymem_conform.Thing", 64, 0, 0x4000 /* HAVE_GC */, slots};
    Spec large = {"pymem_conform.Thing", 4000, 0, 0x4000, slots};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *small_type = make_type(&small), *large_type = make_type(&large);
    size_t asked = 0;
    void *refusing[] = {&asked, refuse, refuse, refuse, refuse};
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    set(2, refusing);
    void *(*object_new)(void *type) = dlsym(library, "_PyObject_GC_New");
    object_new(small_type);
    int shows = asked != 64 + @gc-header@;
    object_new(large_type);
    return shows || asked != 4000 + @gc-header@;
}

/* == objects.gc-track == */
static int defect(void)
{
    int (*run)(const char *source) = dlsym(library, "PyRun_SimpleString");
    void *(*import)(const char *name) = dlsym(library, "PyImport_ImportModule");
    void *(*attribute)(void *object, const char *name) = dlsym(library, "PyObject_GetAttrString");
    void (*track)(void *object) = dlsym(library, "PyObject_GC_Track");
    void (*untrack)(void *object) = dlsym(library, "PyObject_GC_UnTrack");
    run("import gc\nthing = type('pymem_conform.Thing', (), {})()");
    void *thing = attribute(import("__main__"), "thing");
    int shows = 0;
    for (int i = 0; i < 100; i++) {
        untrack(thing);
        shows |= run("assert not gc.is_tracked(thing)") != 0;
        track(thing);
        shows |= run("assert gc.is_tracked(thing)") != 0;
    }
    return shows;
}

/* == objects.gc-track.twice == */
static void as_it_should(int number)
{
    dprintf(1, "the defect does not show: signal %d\n", number);
    _exit(0);
}

static int defect(void)
{
    int (*run)(const char *source) = dlsym(library, "PyRun_SimpleString");
    void *(*import)(const char *name) = dlsym(library, "PyImport_ImportModule");
    void *(*attribute)(void *object, const char *name) = dlsym(library, "PyObject_GetAttrString");
    void (*track)(void *object) = dlsym(library, "PyObject_GC_Track");
    run("import gc\nthing = []\nassert gc.is_tracked(thing)");
    signal(SIGABRT, as_it_should);
    track(attribute(import("__main__"), "thing"));
    return 1;
}

/* == objects.gc-untrack.twice == */
static int defect(void)
{
    int (*run)(const char *source) = dlsym(library, "PyRun_SimpleString");
    void *(*import)(const char *name) = dlsym(library, "PyImport_ImportModule");
    void *(*attribute)(void *object, const char *name) = dlsym(library, "PyObject_GetAttrString");
    void (*untrack)(void *object) = dlsym(library, "PyObject_GC_UnTrack");
    run("import gc\nthing = type('pymem_conform.Thing', (), {})()");
    void *thing = attribute(import("__main__"), "thing");
    untrack(thing);
    untrack(thing);
    return run("assert not gc.is_tracked(thing)") != 0;
}

/* == objects.gc-del == */
/* Notes what is freed, and keeps it. */
static void keep(void *ctx, void *block)
{
    *(void **)ctx = block;
}

static int defect(void)
{
    void *returns_0 = dlsym(library, "PyErr_Occurred");
    struct { int number; void *function; } slots[] = {{71 /* Py_tp_traverse */, returns_0}, {0, NULL}};
    Spec spec = {"pymem_conform.Thing", 64, 8, 0x4000 /* HAVE_GC */, slots};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*gc_new)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_GC_NewVar");
    void (*gc_del)(void *object) = dlsym(library, "PyObject_GC_Del");
    void (*set)(int domain, void *allocator) = dlsym(library, "PyMem_SetAllocator");
    char *freed, *objects[1000];
    void *type = make_type(&spec), *keeping[] = {&freed, keep, keep, keep, keep};
    for (int i = 0; i < 1000; i++)
        objects[i] = gc_new(type, i);
    set(2, keeping);
    int shows = 0;
    for (int i = 0; i < 1000; i++) {
        freed = NULL;
        gc_del(objects[i]);
        /* The block begins with what the collector has in front of the object. */
        shows |= freed > objects[i] || freed < objects[i] - 64;
    }
    return shows;
}

/* == objects.gc-del.tracked == */
static int defect(void)
{
    void *returns_0 = dlsym(library, "PyErr_Occurred");
    struct { int number; void *function; } slots[] = {{71 /* Py_tp_traverse */, returns_0}, {0, NULL}};
    Spec spec = {"pymem_conform.Thing", 64, 0, 0x4000 /* HAVE_GC */, slots};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*gc_new)(void *type) = dlsym(library, "_PyObject_GC_New");
    void (*track)(void *object) = dlsym(library, "PyObject_GC_Track");
    void (*gc_del)(void *object) = dlsym(library, "PyObject_GC_Del");
    int (*run)(const char *source) = dlsym(library, "PyRun_SimpleString");
    void *(*somebody_elses)(size_t size) = dlsym(library, "PyObject_Malloc");
    void *type = make_type(&spec), *objects[3];
    for (int i = 0; i < 3; i++)
        track(objects[i] = gc_new(type));
    signal(SIGSEGV, died);
    signal(SIGABRT, died);
    gc_del(objects[1]);
    for (int i = 0; i < 10; i++)
        memset(somebody_elses(64 + @gc-header@), 0xEE, 64 + @gc-header@);
    run("import gc; gc.collect()");
    return 0;
}

/* == objects.gc-resize == */
static int defect(void)
{
    static const size_t counts[][2] = {{3, 50}, {50, 2}, {0, 1000}, {8, 8}, {600, 1000}, {1000, 999}};
    static char items[8000];
    memset(items, 'x', sizeof items);
    void *returns_0 = dlsym(library, "PyErr_Occurred");
    struct { int number; void *function; } slots[] = {{71 /* Py_tp_traverse */, returns_0}, {0, NULL}};
    Spec spec = {"pymem_conform.Thing", 64, 8, 0x4000 /* HAVE_GC */, slots};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*gc_new)(void *type, Py_ssize_t count) = dlsym(library, "_PyObject_GC_NewVar");
    void *(*resize)(void *object, Py_ssize_t count) = dlsym(library, "_PyObject_GC_Resize");
    void *type = make_type(&spec);
    int shows = 0;
    for (int i = 0; i < 6; i++) {
        size_t old = counts[i][0], new = counts[i][1];
        char *object = gc_new(type, (Py_ssize_t)old);
        memcpy(object + 64, items, 8 * old);
        object = resize(object, (Py_ssize_t)new);
        shows |= *(Py_ssize_t *)(object + @object-header@) != (Py_ssize_t)new;
        shows |= memcmp(object + 64, items, 8 * (old < new ? old : new)) != 0;
    }
    return shows;
}

/* == objects.gc-extra-data == */
static int defect(void)
{
    static const char zeroes[1064];
    void *returns_0 = dlsym(library, "PyErr_Occurred");
    struct { int number; void *function; } slots[] = {{71 /* Py_tp_traverse */, returns_0}, {0, NULL}};
    Spec spec = {"pymem_conform.Thing", 64, 0, 0x4000 /* HAVE_GC */, slots};
    void *(*make_type)(Spec *spec) = dlsym(library, "PyType_FromSpec");
    void *(*gc_new)(void *type, size_t extra) = dlsym(library, "PyUnstable_Object_GC_NewWithExtraData");
    void *type = make_type(&spec);
    int shows = 0;
    for (size_t extra = 0; extra <= 1000; extra++) {
        /* If there are zeroes afterwards, it is somebody's doing. */
        PyObject_Free(memset(PyObject_Malloc(64 + @gc-header@ + extra), 0xEE, 64 + @gc-header@ + extra));
        char *object = gc_new(type, extra);
        shows |= memcmp(object + @object-header@, zeroes, 64 + extra - @object-header@) != 0;
    }
    return shows;
}

/* == objects.gc-queries == */
static int defect(void)
{
    int (*run)(const char *source) = dlsym(library, "PyRun_SimpleString");
    void *(*import)(const char *name) = dlsym(library, "PyImport_ImportModule");
    void *(*attribute)(void *object, const char *name) = dlsym(library, "PyObject_GetAttrString");
    int (*is_tracked)(void *object) = dlsym(library, "PyObject_GC_IsTracked");
    int (*is_finalized)(void *object) = dlsym(library, "PyObject_GC_IsFinalized");
    void (*untrack)(void *object) = dlsym(library, "PyObject_GC_UnTrack");
    void (*finalize)(void *object) = dlsym(library, "PyObject_CallFinalizer");
    run("thing = type('pymem_conform.Thing', (), {'__del__': lambda thing: None})()");
    void *thing = attribute(import("__main__"), "thing");
    int shows = is_tracked(thing) != 1 || is_finalized(thing) != 0;
    untrack(thing);
    for (int i = 0; i < 100; i++)
        shows |= is_tracked(thing) != 0;
    finalize(thing);
    return shows || is_finalized(thing) != 1;
}
