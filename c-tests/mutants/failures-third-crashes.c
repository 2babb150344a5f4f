/*
 * about:  the third request that is refused ends the process
 * kind:   pymem
 * breaks: customize.failure-sweep
 * dies:   it is ended on purpose
 */
#include <stdlib.h>

static int refusals;

#define CALL_MALLOC(t, size) counted((t)->malloc((t)->ctx, size))
#define CALL_REALLOC(t, p, size) counted((t)->realloc((t)->ctx, p, size))

static inline void *counted(void *p)
{
    if (!p && ++refusals == 3)
        abort();
    return p;
}

#include "base/customizable.h"
