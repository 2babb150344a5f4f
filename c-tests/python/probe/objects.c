/* Objects on the heap: what is asked for them, and how they come out. */
#include "things.h"

/* What memory holds before an object is made of it. */
enum { BEFORE = 0xA5 };

static void layout(void)
{
    start(NULL);
    PyObject *size = PyObject_GetAttrString((PyObject *)&PyBaseObject_Type, "__basicsize__");
    EXPECT(size && PyLong_AsSize_t(size) == 2 * sizeof(void *));
}

static void new_size(void)
{
    start(NULL);
    for (int rest = REST; rest < 5000; rest += 100) {
        PyTypeObject *type = make_sized_type(rest, 0, false);
        struct watch *seen = watch();
        EXPECT(_PyObject_New(type));
        unwatch();
        EXPECT(seen->allocations == 1 && seen->asked == (size_t)type->tp_basicsize);
    }
}

static void new_header(void)
{
    start(NULL);
    PyTypeObject *type = make_type(0, false);
    for (int i = 0; i < 100; i++)
        EXPECT(is_new(_PyObject_New(type), type));
}

static void new_refused(void)
{
    start(NULL);
    PyTypeObject *plain = make_type(8, false), *collected = make_type(8, true);
    watch()->refuses = true;
    for (int i = 0; i < 10; i++) {
        EXPECT(!_PyObject_New(plain) && raised(PyExc_MemoryError));
        EXPECT(!_PyObject_NewVar(plain, 3) && raised(PyExc_MemoryError));
        EXPECT(!_PyObject_GC_New(collected) && raised(PyExc_MemoryError));
        EXPECT(!_PyObject_GC_NewVar(collected, 3) && raised(PyExc_MemoryError));
    }
}

static void new_var_size(void)
{
    start(NULL);
    PyTypeObject *type = make_type(12, false);
    for (size_t count = 0; count < 200; count++) {
        struct watch *seen = watch();
        EXPECT(_PyObject_NewVar(type, count));
        unwatch();
        EXPECT(seen->allocations == 1 && seen->asked >= type->tp_basicsize + 12 * count);
    }
}

static void new_var_rounding(void)
{
    start(NULL);
    PyTypeObject *type = make_type(1, false);
    for (size_t count = 0; count < 200; count++) {
        struct watch *seen = watch();
        EXPECT(_PyObject_NewVar(type, count));
        unwatch();
        EXPECT(seen->asked == (type->tp_basicsize + count + 7) / 8 * 8);
    }
}

static void new_var_header(void)
{
    start(NULL);
    PyTypeObject *type = make_type(12, false);
    for (Py_ssize_t count = 0; count < 200; count++) {
        PyVarObject *object = _PyObject_NewVar(type, count);
        EXPECT(is_new((PyObject *)object, type) && Py_SIZE(object) == count);
    }
}

static void new_var_huge(void)
{
    start(NULL);
    PyTypeObject *plain = make_type(8, false), *collected = make_type(8, true);
    const Py_ssize_t count = PY_SSIZE_T_MAX / 8;
    /* The error itself is a small object. */
    struct watch *seen = watch();
    EXPECT(!_PyObject_NewVar(plain, count) && seen->asked < 100000 && raised(PyExc_MemoryError));
    EXPECT(!_PyObject_GC_NewVar(collected, count) && seen->asked < 100000 && raised(PyExc_MemoryError));
}

/* Makes an object of memory, with a number of items unless that is negative. */
static void made_of_memory(int rest, Py_ssize_t items)
{
    PyTypeObject *type = make_sized_type(rest, 1, false);
    size_t size = type->tp_basicsize + (items > 0 ? items : 0) + 64;
    unsigned char *memory = PyObject_Malloc(size);
    memset(memory, BEFORE, size);
    struct watch *seen = watch();
    PyObject *object = items < 0 ? PyObject_Init((PyObject *)memory, type)
                                 : (PyObject *)PyObject_InitVar((PyVarObject *)memory, type, items);
    EXPECT(seen->allocations + seen->resizes + seen->frees == 0);
    unwatch();
    EXPECT((unsigned char *)object == memory && is_new(object, type));
    EXPECT(items < 0 || Py_SIZE(object) == items);
    for (size_t at = items < 0 ? sizeof(PyObject) : sizeof(PyVarObject); at < size; at++)
        EXPECT(memory[at] == BEFORE);
}

static void init(void)
{
    start(NULL);
    for (int rest = REST; rest < 5000; rest += 100)
        made_of_memory(rest, -1);
}

static void init_var(void)
{
    start(NULL);
    for (Py_ssize_t items = 0; items < 1000; items++)
        made_of_memory(REST, items);
}

static void init_null(void)
{
    start(NULL);
    PyTypeObject *type = make_type(1, false);
    for (int i = 0; i < 10; i++) {
        EXPECT(!PyObject_Init(NULL, type) && raised(PyExc_MemoryError));
        EXPECT(!PyObject_InitVar(NULL, type, 3) && raised(PyExc_MemoryError));
    }
}

/* How many references to their type ten objects add that are made by each of the two functions. */
static Py_ssize_t references_added(void)
{
    start(NULL);
    PyTypeObject *type = make_type(1, false);
    Py_ssize_t before = Py_REFCNT(type);
    for (int i = 0; i < 10; i++) {
        EXPECT(PyObject_Init(PyObject_Malloc(200), type));
        EXPECT(PyObject_InitVar(PyObject_Malloc(200), type, 3));
    }
    return Py_REFCNT(type) - before;
}

#if PY_VERSION_HEX >= 0x03080000
static void init_heap_type(void)
{
    EXPECT(references_added() == 20);
}
#else
static void init_heap_type_borrowed(void)
{
    EXPECT(references_added() == 0);
}
#endif

static void del(void)
{
    start(NULL);
    PyTypeObject *type = make_type(8, false);
    for (Py_ssize_t count = 0; count < 100; count++) {
        PyVarObject *object = _PyObject_NewVar(type, count);
        struct watch *seen = watch();
        PyObject_Del(object);
        unwatch();
        EXPECT(seen->frees == 1 && seen->freed == object);
    }
}

static void in_raw_memory(void)
{
    start(NULL);
    PyTypeObject *type = make_type(0, false);
    PyObject *object = PyObject_Init(PyMem_RawMalloc(type->tp_basicsize), type);
    EXPECT(is_new(object, type) && PyObject_IsInstance(object, (PyObject *)type) == 1);
    PyMem_RawFree(object);
}

static void bytes_of_buffer(void)
{
    start(NULL);
    for (size_t length = 0; length < 3000; length += 7) {
        char *buffer = PyMem_Malloc(length + 1);
        EXPECT(buffer);
        memset(buffer, 'x', length);
        buffer[length] = 0;
        PyObject *bytes = PyBytes_FromString(buffer);
        PyMem_Free(buffer);
        EXPECT(bytes && (size_t)PyBytes_Size(bytes) == length);
        EXPECT(strspn(PyBytes_AsString(bytes), "x") == length);
    }
}

const struct question objects_questions[] = {
    {"objects.layout", layout},
    {"objects.new.size", new_size},
    {"objects.new.header", new_header},
    {"objects.new.refused", new_refused},
    {"objects.new-var.size", new_var_size},
    {"objects.new-var.rounding", new_var_rounding},
    {"objects.new-var.header", new_var_header},
    {"objects.new-var.huge", new_var_huge},
    {"objects.init", init},
    {"objects.init-var", init_var},
    {"objects.init.null", init_null},
#if PY_VERSION_HEX >= 0x03080000
    {"objects.init.heap-type", init_heap_type},
#else
    {"objects.init.heap-type-borrowed", init_heap_type_borrowed},
#endif
    {"objects.del", del},
    {"objects.in-raw-memory", in_raw_memory},
    {"objects.bytes-of-buffer", bytes_of_buffer},
    {NULL, NULL},
};
