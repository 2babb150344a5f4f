/*
 * about:  a resize to 0 bytes is handed on as one to 1 byte
 * kind:   pymem
 * breaks: customize.arguments.realloc
 */
#define CALL_REALLOC(t, p, size) (t)->realloc((t)->ctx, p, (size) ? (size) : 1)

#include "base/customizable.h"
