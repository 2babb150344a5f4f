/* A hook over raw that notes what it is called for, and passes it on. */
#ifndef PYTHON_PROBE_HOOK_H
#define PYTHON_PROBE_HOOK_H

#include "probe.h"

/* The last call: a letter of malloc, calloc, realloc or free, and its arguments. */
struct call {
    char function;
    void *block;
    size_t size, elsize;
};

/* Installs it; an interpreter lives. */
void hook_raw(void);

/* Calls since the last time that this was asked. */
int calls(void);
extern struct call last_call;

#endif
