/*
 * about:  a malloc of 0 bytes is handed on as one of 1 byte
 * kind:   pymem
 * breaks: customize.argument.malloc
 */
#define CALL_MALLOC(t, size) (t)->malloc((t)->ctx, (size) ? (size) : 1)

#include "base/customizable.h"
