/* Objects of a type made at run time, and a watch over what is asked for in the object domain. */
#ifndef PYTHON_PROBE_THINGS_H
#define PYTHON_PROBE_THINGS_H

#include "probe.h"

#if PY_VERSION_HEX < 0x030900A4
#define Py_SET_SIZE(object, size) (Py_SIZE(object) = (size))
#endif

/* The part of an object behind the number of its items. */
enum { REST = 24 };

/* A type of `pymem_conform.Thing`, which is what parts look for. */
PyTypeObject *make_type(int item, bool collected);

/* The same with as many bytes behind the number of items. */
PyTypeObject *make_sized_type(int rest, int item, bool collected);

/* The calls that came to the object domain since the watch began. */
struct watch {
    int allocations, resizes, frees;
    size_t asked;
    void *given, *resized, *freed;
    bool refuses;
};

/* Begins to watch, with nothing seen. */
struct watch *watch(void);

/* Ends it. The numbers stay. */
void unwatch(void);

/* Whether an exception of this kind, and not another, is set; it is cleared. */
bool raised(PyObject *exception);

/* Whether an object has its type and one reference. */
bool is_new(PyObject *object, PyTypeObject *type);

/* What the module gc says. */
bool is_tracked(PyObject *object);

/* Has the collector look at everything. */
void collect(void);

#endif
