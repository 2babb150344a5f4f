#include "things.h"

static int visit_nothing(PyObject *object, visitproc visit, void *arg)
{
    return 0;
}

static void finalize(PyObject *object)
{
}

PyTypeObject *make_type(int item, bool collected)
{
    return make_sized_type(REST, item, collected);
}

PyTypeObject *make_sized_type(int rest, int item, bool collected)
{
    PyType_Slot slots[] = {
        {Py_tp_finalize, finalize},
        {collected ? Py_tp_traverse : 0, visit_nothing},
        {0, NULL},
    };
    PyType_Spec spec = {
        .name = "pymem_conform.Thing",
        .basicsize = sizeof(PyVarObject) + rest,
        .itemsize = item,
        .flags = Py_TPFLAGS_DEFAULT | (collected ? Py_TPFLAGS_HAVE_GC : 0),
        .slots = slots,
    };
    PyObject *type = PyType_FromSpec(&spec);
    EXPECT(type);
    return (PyTypeObject *)type;
}

static PyMemAllocatorEx below;
static struct watch seen;

static void *watched_malloc(void *ctx, size_t size)
{
    if (seen.refuses)
        return NULL;
    seen.allocations++;
    seen.asked = size;
    return seen.given = below.malloc(below.ctx, size);
}

static void *watched_calloc(void *ctx, size_t count, size_t size)
{
    if (seen.refuses)
        return NULL;
    seen.allocations++;
    seen.asked = count * size;
    return seen.given = below.calloc(below.ctx, count, size);
}

static void *watched_realloc(void *ctx, void *block, size_t size)
{
    if (seen.refuses)
        return NULL;
    seen.resizes++;
    seen.asked = size;
    seen.resized = block;
    return seen.given = below.realloc(below.ctx, block, size);
}

static void watched_free(void *ctx, void *block)
{
    seen.frees++;
    seen.freed = block;
    below.free(below.ctx, block);
}

struct watch *watch(void)
{
    PyMemAllocatorEx over = {NULL, watched_malloc, watched_calloc, watched_realloc, watched_free};
    PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &over);
    seen = (struct watch){0};
    return &seen;
}

void unwatch(void)
{
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &below);
}

bool raised(PyObject *exception)
{
    bool is_raised = PyErr_Occurred() && PyErr_ExceptionMatches(exception);
    PyErr_Clear();
    return is_raised;
}

bool is_new(PyObject *object, PyTypeObject *type)
{
    return object && Py_TYPE(object) == type && Py_REFCNT(object) == 1;
}

static PyObject *ask_gc(const char *function, PyObject *object)
{
    PyObject *gc = PyImport_ImportModule("gc");
    EXPECT(gc);
    PyObject *answer = PyObject_CallMethod(gc, function, object ? "O" : NULL, object);
    EXPECT(answer);
    Py_DECREF(gc);
    return answer;
}

bool is_tracked(PyObject *object)
{
    PyObject *answer = ask_gc("is_tracked", object);
    bool tracked = answer == Py_True;
    Py_DECREF(answer);
    return tracked;
}

void collect(void)
{
    Py_DECREF(ask_gc("collect", NULL));
}
