/* Objects under garbage collection. */
#include "things.h"

#include <signal.h>

static PyTypeObject *type;

static PyObject *make_one(void)
{
    PyObject *object = _PyObject_GC_New(type);
    EXPECT(object);
    return object;
}

static void start_with_type(void)
{
    start(NULL);
    type = make_type(8, true);
}

static void new_with_items(int item)
{
    type = make_type(item, true);
    for (Py_ssize_t count = 0; count < 200; count++) {
        struct watch *seen = watch();
        PyVarObject *var = _PyObject_GC_NewVar(type, count);
        EXPECT(seen->allocations == 1 && seen->asked >= type->tp_basicsize + item * (size_t)count);
        unwatch();
        EXPECT(is_new((PyObject *)var, type) && Py_SIZE(var) == count && !is_tracked((PyObject *)var));
    }
}

static void gc_new(void)
{
    start_with_type();
    struct watch *seen = watch();
    PyObject *object = _PyObject_GC_New(type);
    EXPECT(seen->allocations == 1 && seen->asked >= (size_t)type->tp_basicsize);
    unwatch();
    EXPECT(is_new(object, type) && !is_tracked(object));
    new_with_items(8);
    new_with_items(12);
}

static void gc_new_var_negative(void)
{
    start_with_type();
    for (Py_ssize_t count = -1; count > -1000; count--)
        EXPECT(!_PyObject_GC_NewVar(type, count) && raised(PyExc_SystemError));
    EXPECT(!_PyObject_GC_NewVar(type, PY_SSIZE_T_MIN) && raised(PyExc_SystemError));
}

static void gc_header(void)
{
    const size_t header = PY_VERSION_HEX < 0x03080000 ? 32 : 16;
    start_with_type();
    for (int rest = REST; rest < 5000; rest += 100) {
        type = make_sized_type(rest, 8, true);
        struct watch *seen = watch();
        PyObject *object = make_one();
        unwatch();
        EXPECT(seen->asked == type->tp_basicsize + header);
        EXPECT((char *)object == (char *)seen->given + header);
    }
}

static void gc_track(void)
{
    start_with_type();
    for (int i = 0; i < 100; i++) {
        PyObject *object = make_one();
        PyObject_GC_Track(object);
        EXPECT(is_tracked(object));
        PyObject_GC_UnTrack(object);
        EXPECT(!is_tracked(object));
    }
}

static void track_twice(void)
{
    PyObject *object = make_one();
    PyObject_GC_Track(object);
    PyObject_GC_Track(object);
}

static void gc_track_twice(void)
{
    start_with_type();
    struct fate fate = in_fork(track_twice);
    EXPECT(aborted(&fate));
}

static void gc_untrack_twice(void)
{
    start_with_type();
    PyObject *object = make_one();
    PyObject_GC_UnTrack(object);
    EXPECT(!is_tracked(object));
    PyObject_GC_Track(object);
    PyObject_GC_UnTrack(object);
    PyObject_GC_UnTrack(object);
    EXPECT(is_new(object, type) && !is_tracked(object));
}

static void gc_del(void)
{
    start_with_type();
    for (Py_ssize_t count = 0; count < 200; count++) {
        struct watch *seen = watch();
        PyVarObject *object = _PyObject_GC_NewVar(type, count);
        PyObject_GC_Del(object);
        EXPECT(seen->frees == 1 && seen->freed == seen->given);
        unwatch();
    }
}

static void delete_tracked(void)
{
    PyObject *objects[] = {make_one(), make_one(), make_one()};
    for (size_t i = 0; i < LENGTH(objects); i++)
        PyObject_GC_Track(objects[i]);
    PyObject_GC_Del(objects[1]);
    for (int i = 0; i < 10; i++)
        memset(PyObject_Malloc(type->tp_basicsize + 16), 0xEE, type->tp_basicsize + 16);
    collect();
    EXPECT(is_tracked(objects[0]) && is_tracked(objects[2]));
}

static void gc_del_tracked(void)
{
    start_with_type();
    EXPECT(in_fork(delete_tracked).status == 0);
}

static void gc_resize(void)
{
    start_with_type();
    const Py_ssize_t counts[][2] = {{3, 50}, {50, 2}, {0, 1000}, {8, 8}, {1000, 999}, {999, 1000}};
    for (size_t i = 0; i < LENGTH(counts); i++) {
        Py_ssize_t old = counts[i][0], new = counts[i][1], kept = old < new ? old : new;
        struct watch *seen = watch();
        PyVarObject *object = _PyObject_GC_NewVar(type, old);
        void *block = seen->given;
        memset(object + 1, 0xA5, REST + 8 * old);
        object = _PyObject_GC_Resize(object, new);
        EXPECT(object && seen->allocations == 1 && seen->resizes == 1 && seen->resized == block);
        EXPECT(seen->asked >= type->tp_basicsize + 8 * (size_t)new);
        unwatch();
        EXPECT(is_new((PyObject *)object, type) && Py_SIZE(object) == new);
        for (Py_ssize_t at = 0; at < REST + 8 * kept; at++)
            EXPECT(((unsigned char *)(object + 1))[at] == 0xA5);
        PyObject_GC_Del(object);
    }
}

#if PY_VERSION_HEX >= 0x030C0000
static void gc_extra_data(void)
{
    start_with_type();
    for (size_t extra = 0; extra < 1000; extra++) {
        /* Memory that is dirty. */
        void *before = PyObject_Malloc(type->tp_basicsize + 16 + extra);
        memset(before, 0xEE, type->tp_basicsize + 16 + extra);
        PyObject_Free(before);
        struct watch *seen = watch();
        PyObject *object = PyUnstable_Object_GC_NewWithExtraData(type, extra);
        EXPECT(seen->allocations == 1 && seen->asked >= type->tp_basicsize + extra);
        unwatch();
        EXPECT(is_new(object, type) && !is_tracked(object));
        for (size_t at = sizeof(PyObject); at < type->tp_basicsize + extra; at++)
            EXPECT(((char *)object)[at] == 0);
        PyObject_GC_Del(object);
    }
}
#endif

#if PY_VERSION_HEX >= 0x03090000
static void gc_queries(void)
{
    start_with_type();
    for (int i = 0; i < 100; i++) {
        PyObject *object = make_one();
        EXPECT(PyObject_GC_IsTracked(object) == 0);
        PyObject_GC_Track(object);
        EXPECT(PyObject_GC_IsTracked(object) == 1);
        PyObject_GC_UnTrack(object);
        EXPECT(PyObject_GC_IsTracked(object) == 0);
        EXPECT(PyObject_GC_IsFinalized(object) == 0);
        PyObject_CallFinalizer(object);
        EXPECT(PyObject_GC_IsFinalized(object) == 1);
    }
}
#endif

const struct question collected_questions[] = {
    {"objects.gc-new", gc_new},
    {"objects.gc-new-var.negative", gc_new_var_negative},
    {"objects.gc-header", gc_header},
    {"objects.gc-track", gc_track},
    {"objects.gc-track.twice", gc_track_twice},
    {"objects.gc-untrack.twice", gc_untrack_twice},
    {"objects.gc-del", gc_del},
    {"objects.gc-del.tracked", gc_del_tracked},
    {"objects.gc-resize", gc_resize},
#if PY_VERSION_HEX >= 0x030C0000
    {"objects.gc-extra-data", gc_extra_data},
#endif
#if PY_VERSION_HEX >= 0x03090000
    {"objects.gc-queries", gc_queries},
#endif
    {NULL, NULL},
};
