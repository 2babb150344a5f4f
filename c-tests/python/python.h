/* What a broken part of a Python is made of. `NAME_before` is the function that the part replaces. */
#ifndef BROKEN_PYTHON_H
#define BROKEN_PYTHON_H

#include <Python.h>
#include <stdlib.h>
#include <string.h>

/* The interpreter's own types are left alone, or it would not live long enough to be asked. */
static inline int is_made(PyTypeObject *type)
{
    return (type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0 && strcmp(type->tp_name, "pymem_conform.Thing") == 0;
}

#endif
