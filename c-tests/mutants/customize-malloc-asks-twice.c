/*
 * about:  a malloc that was refused is handed on once more
 * kind:   pymem
 * breaks: customize.failure
 */
#define CALL_MALLOC(t, size) ((t)->malloc((t)->ctx, size) ?: (t)->malloc((t)->ctx, size))

#include "base/customizable.h"
