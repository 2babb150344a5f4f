/*
 * about:  PyObject_Calloc goes through the struct of mem, PyObject_Free through its own
 * kind:   pymem
 * breaks: domains.hooks-apart
 */
#define CALL_CALLOC(t, count, size) \
    ((t) == &slots[OBJ] ? slots[MEM].calloc(slots[MEM].ctx, count, size) : (t)->calloc((t)->ctx, count, size))

#include "base/customizable.h"
