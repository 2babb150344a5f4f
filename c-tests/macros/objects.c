/* The macros for objects. With a Python.h, an interpreter runs. */
#include "expect.h"

typedef struct {
    PyObject header;
    double value;
} thing;

typedef struct {
    PyVarObject header;
    double values[1];
} things;

#ifdef Py_PYTHON_H
#define TYPE {PyVarObject_HEAD_INIT(NULL, 0)}
#else
#define TYPE {.tp_flags = 0}
#endif

static PyTypeObject thing_type = TYPE, things_type = TYPE, collected_type = TYPE;

static void describe(PyTypeObject *type, const char *name, size_t size, size_t item)
{
    type->tp_name = name;
    type->tp_basicsize = (Py_ssize_t)size;
    type->tp_itemsize = (Py_ssize_t)item;
}

/* A free-threaded build keeps the count in two parts, which its own macro adds up. */
#ifndef Py_PYTHON_H
#define Py_REFCNT(object) ((object)->ob_refcnt)
#endif

static int has_header(void *object, PyTypeObject *type)
{
    return ((PyObject *)object)->ob_type == type && Py_REFCNT((PyObject *)object) == 1;
}

static void plain(void)
{
    const char *clause = "macros.objects";
    EXPECT(clause, "PyObject_New gives a pointer to the struct", HAS_TYPE(PyObject_New(thing, &thing_type), thing *));
    forget();
    thing *one = PyObject_New(thing, &thing_type);
    EXPECT(clause, "PyObject_New asks the obj domain once", one != NULL && only(&obj, obj.mallocs));
    EXPECT(clause, "for the size of the struct", obj.size == sizeof(thing));
    EXPECT(clause, "and makes an object", has_header(one, &thing_type));
    forget();
    PyObject_Del(one);
    EXPECT(clause, "PyObject_Del frees it", only(&obj, obj.frees) && obj.block == one);

    EXPECT(clause, "PyObject_NewVar gives a pointer to the struct",
           HAS_TYPE(PyObject_NewVar(things, &things_type, 5), things *));
    forget();
    things *many = PyObject_NewVar(things, &things_type, 5);
    EXPECT(clause, "PyObject_NewVar asks the obj domain once", many != NULL && only(&obj, obj.mallocs));
    EXPECT(clause, "for the items, too", obj.size == sizeof(PyVarObject) + 5 * sizeof(double));
    EXPECT(clause, "and makes an object of so many items", has_header(many, &things_type) && many->header.ob_size == 5);
    PyObject_Del(many);
}

#ifdef Py_PYTHON_H
static int visit_nothing(PyObject *self, visitproc visit, void *arg)
{
    return (void)self, (void)visit, (void)arg, 0;
}

static void older_spellings(void)
{
    const char *clause = "macros.aliases";
    forget();
    thing *one = PyObject_NEW(thing, &thing_type);
    EXPECT(clause, "PyObject_NEW is PyObject_New", only(&obj, obj.mallocs) && obj.size == sizeof(thing));
    EXPECT(clause, "with the header", has_header(one, &thing_type));
    PyObject_DEL(one);
    forget();
    things *many = PyObject_NEW_VAR(things, &things_type, 5);
    EXPECT(clause, "PyObject_NEW_VAR is PyObject_NewVar", only(&obj, obj.mallocs) && many->header.ob_size == 5);
    EXPECT(clause, "with the header", has_header(many, &things_type));
    forget();
    EXPECT(clause, "PyObject_INIT is PyObject_Init",
           (PyObject *)PyObject_INIT((PyObject *)many, &thing_type) == (PyObject *)many && obj.calls == 0);
    EXPECT(clause, "and sets the type", has_header(many, &thing_type));
    EXPECT(clause, "PyObject_INIT_VAR is PyObject_InitVar",
           (PyVarObject *)PyObject_INIT_VAR((PyVarObject *)many, &things_type, 7) == (PyVarObject *)many);
    EXPECT(clause, "and sets the number of items", many->header.ob_size == 7);
    PyObject_DEL(many);
}

static void collected(void)
{
    const char *clause = "macros.objects";
    EXPECT(clause, "PyObject_GC_New gives a pointer to the struct",
           HAS_TYPE(PyObject_GC_New(things, &collected_type), things *));
    forget();
    things *one = PyObject_GC_New(things, &collected_type);
    EXPECT(clause, "PyObject_GC_New asks the obj domain once", only(&obj, obj.mallocs));
    EXPECT(clause, "and makes an object", has_header(one, &collected_type));
    forget();
    PyObject_GC_Del(one);
    EXPECT(clause, "PyObject_GC_Del frees it", only(&obj, obj.frees));

    EXPECT(clause, "PyObject_GC_NewVar gives a pointer to the struct",
           HAS_TYPE(PyObject_GC_NewVar(things, &collected_type, 3), things *));
    forget();
    things *many = PyObject_GC_NewVar(things, &collected_type, 3);
    EXPECT(clause, "PyObject_GC_NewVar asks the obj domain once", only(&obj, obj.mallocs));
    EXPECT(clause, "and makes an object of so many items", many->header.ob_size == 3);
    many->values[2] = 2.5;
    EXPECT(clause, "PyObject_GC_Resize gives a pointer to the struct",
           HAS_TYPE(PyObject_GC_Resize(things, many, 50), things *));
    forget();
    many = PyObject_GC_Resize(things, many, 50);
    EXPECT(clause, "PyObject_GC_Resize asks the obj domain once", only(&obj, obj.reallocs));
    EXPECT(clause, "and keeps the contents", many->header.ob_size == 50 && many->values[2] == 2.5);
    PyObject_GC_Del(many);
}
#endif

int main(void)
{
    describe(&thing_type, "macros.thing", sizeof(thing), 0);
    describe(&things_type, "macros.things", sizeof(PyVarObject), sizeof(double));
    describe(&collected_type, "macros.collected", sizeof(PyVarObject), sizeof(double));
#ifdef Py_PYTHON_H
    Py_NoSiteFlag = 1;
    Py_InitializeEx(0);
    collected_type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
    collected_type.tp_traverse = visit_nothing;
    if (PyType_Ready(&thing_type) < 0 || PyType_Ready(&things_type) < 0 || PyType_Ready(&collected_type) < 0)
        return 1;
#endif
    watch();
    plain();
#ifdef Py_PYTHON_H
    older_spellings();
    collected();
#endif
    fflush(stdout);
    /* The structs of this program go with it. */
    _Exit(0);
}
